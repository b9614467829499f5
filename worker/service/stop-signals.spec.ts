import { untilAskedToStop } from './stop-signals.js';

describe('untilAskedToStop', () => {
  afterEach(() => jest.restoreAllMocks());

  it('takes one Ctrl-C as one, though npm passes it on, and a later one as the end of all patience', async () => {
    const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(10_000);
    const asked = untilAskedToStop();
    process.emit('SIGINT', 'SIGINT');
    expect(await asked).toBe('SIGINT');
    clock.mockReturnValue(10_030);
    process.emit('SIGINT', 'SIGINT');
    expect(exit).not.toHaveBeenCalled();
    clock.mockReturnValue(12_000);
    process.emit('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  });
});
