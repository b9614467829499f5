import { ConnectorError } from '../contract/connector-error.js';
import { type Chapter, op, refusal } from './stage.js';

export const describeErrors: Chapter = (stage) => {
  describe('errors', () => {
    it('calls a wrong secret unauthorized, and does not tell it', async () => {
      const { wrongSecret } = stage.directory;
      const connector = stage.harness.kind.connect(wrongSecret);
      try {
        const error = await refusal(connector.find(op(), stage.draft().correlation), 'unauthorized');
        for (const secret of Object.values(wrongSecret.secrets)) {
          expect(JSON.stringify([error.message, error.stack, error.details])).not.toContain(secret);
        }
      } finally {
        await connector.close();
      }
    });

    it('calls a directory that does not answer transient, in reads and in writes', async () => {
      const connector = stage.harness.kind.connect(stage.directory.unreachable);
      try {
        const draft = stage.draft();
        await refusal(connector.find(op(), draft.correlation), 'transient');
        await refusal(connector.create(op(), draft), 'transient');
        await stage.expectAccounts(draft, 0);
      } finally {
        await connector.close();
      }
    });

    it('names an attribute that the directory does not know, and creates nothing', async () => {
      const { unknown } = stage.directory.attributes;
      const draft = stage.draft();
      const bad = { ...draft, attributes: { ...draft.attributes, [unknown]: 'x' } };
      const error = await refusal(stage.connector.create(op(), bad), 'invalid');
      expect(error.message).toContain(unknown);
      await stage.expectAccounts(draft, 0);
    });

    it('names an attribute that it may not change, and changes nothing', async () => {
      const { unknown, text } = stage.directory.attributes;
      const { account } = await stage.account();
      const delta = { attributes: { [text[0]]: 'Sales', [unknown]: 'x' } };
      const error = await refusal(stage.connector.apply(op(), account.id, delta), 'invalid');
      expect(error.message).toContain(unknown);
      await stage.eventually(
        () => stage.connector.read(op(), account.id),
        (read) => expect(read).toEqual(account),
      );
    });

    it('refuses a person without a correlation value', async () => {
      const draft = stage.draft();
      const nobody = { ...draft, correlation: { ...draft.correlation, value: '' } };
      await refusal(stage.connector.create(op(), nobody), 'invalid');
      await refusal(stage.connector.find(op(), nobody.correlation), 'invalid');
    });

    it('refuses wrong settings by the name of the setting', () => {
      const { configuration, misconfigured } = stage.directory;
      for (const { settings, secrets, names } of misconfigured) {
        const error = thrown(() =>
          stage.harness.kind.connect({ ...configuration, settings, ...(secrets && { secrets }) }),
        );
        expect([error.category, error.message]).toEqual(['misconfigured', expect.stringContaining(names)]);
        expect(error.message).toContain(configuration.name);
      }
    });
  });
};

function thrown(call: () => unknown): ConnectorError {
  try {
    call();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
}
