import { describeKilled } from './killed-part';

jest.setTimeout(240_000);

// What an activity did is noted in the database before Temporal is told.
describeKilled('Temporal', 0);
// Without a database the worker cannot note that the mail server has taken a mail.
describeKilled('PostgreSQL', 30);
