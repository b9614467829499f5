import { Client } from 'pg';
import { startTestPostgres, type TestPostgres } from './postgres.js';

describe('the PostgreSQL server of a suite', () => {
  let postgres: TestPostgres;

  const query = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });

  afterAll(() => postgres.stop());

  it('gives each caller an empty database of its own', async () => {
    const [one, two] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await query(one, 'CREATE TABLE mine (id int)');
    await expect(query(two, 'SELECT * FROM mine')).rejects.toThrow('does not exist');
  });

  it('copies a prepared database', async () => {
    const prepared = await postgres.createDatabase();
    await query(prepared, 'CREATE TABLE people AS SELECT 7 AS id');
    expect(await query(await postgres.createDatabase(prepared), 'SELECT * FROM people')).toEqual([{ id: 7 }]);
  });

  it('comes back at the same address after a kill, with what was committed', async () => {
    const url = await postgres.createDatabase();
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS id');
    await postgres.kill();
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await postgres.start();
    expect(await query(url, 'SELECT * FROM kept')).toEqual([{ id: 1 }]);
  });
});
