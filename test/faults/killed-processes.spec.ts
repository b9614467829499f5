import { describeKilled } from './killed-part';

jest.setTimeout(240_000);

// HR is not answered, and sends again.
describeKilled('API', 0);
// A worker may die between the mail server's 250 and the note of it; of 20 mails at once at most, three times.
describeKilled('Worker', 30);
