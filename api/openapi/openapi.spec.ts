import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { chromium } from 'playwright-core';
import { startTestApi, type TestApi } from '../../test/servers/api';

describe("the API's description", () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it('names every route, and no schema that is not there', async () => {
    const { body, text } = await api.ask('/api/v1/openapi.json', { headers: { authorization: '' } });
    expect(Object.keys(body.paths).sort()).toEqual(
      expect.arrayContaining([
        '/api/v1/codec/decode',
        '/api/v1/directories',
        '/api/v1/events',
        '/api/v1/events/{id}',
        '/api/v1/operations/{id}/retry',
        '/api/v1/people/{id}',
        '/api/v1/policies',
        '/api/v1/reports/provisioning',
        '/api/v1/reports/provisioning/{id}',
        '/api/v1/reports/provisioning/{id}/history',
        '/health/live',
        '/health/ready',
      ]),
    );
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([\w.-]+)/g)) {
      expect(Object.keys(body.components.schemas)).toContain(name);
    }
  });

  it('describes events and answers as they are', async () => {
    const { body: document } = await api.ask('/api/v1/openapi.json');
    const ajv = new Ajv({ strict: false });
    addFormats(ajv);
    ajv.addSchema({ $id: 'api', components: document.components });
    const check = (schema: { $ref: string }, value: unknown) => {
      const validate = ajv.compile({ $ref: `api${schema.$ref}` });
      validate(value);
      expect(validate.errors).toBeNull();
    };
    const { post } = document.paths['/api/v1/events'];
    const [one] = post.requestBody.content['application/json'].schema.oneOf;
    const event = { type: 'joiner', source: 'hr', eventId: '1', person: { personId: 'E1', tags: ['a'], left: null } };
    check(one, event);
    const answer = await api.ask('/api/v1/events', { method: 'POST', json: event });
    check(post.responses[202].content['application/json'].schema.oneOf[0], answer.body);
    const many = await api.ask('/api/v1/events', { method: 'POST', json: [event, 1] });
    check(post.responses[200].content['application/json'].schema.oneOf[1], many.body);
    check(post.responses[400].content['application/problem+json'].schema, many.body.items[1].problem);
    for (const path of ['/api/v1/people/{id}', '/api/v1/reports/provisioning', '/api/v1/events/{id}']) {
      const schema = document.paths[path].get.responses[200].content['application/json'].schema;
      const id = path.includes('people') ? 'E1' : answer.body.event.id;
      check(schema, (await api.ask(path.replace('{id}', id))).body);
    }
    expect(ajv.compile({ $ref: `api${one.$ref}` })({ ...event, type: 'fired' })).toBe(false);
  });

  it('is readable in a browser, which asks nobody else for anything', async () => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).origin));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${api.url}/`);
      await page.getByText('Accept an event, or up to 1,000 of them').waitFor();
      expect(page.url()).toBe(`${api.url}/api/v1/docs`);
      expect(new Set(asked.filter((origin) => origin !== 'null'))).toEqual(new Set([new URL(api.url).origin]));
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
