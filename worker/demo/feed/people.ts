import type { Department } from '../directories/demo-domain.js';

/** A person as HR describes them. */
export interface FeedPerson {
  /** HR's id. */
  personId: string;
  givenName: string;
  familyName: string;
  /** Where it is not given name, space, family name. */
  displayName?: string;
  department: Department;
  title: string;
  location: string;
  /** HR's id of the manager. */
  manager?: string;
  personalMail: string;
}

type Row = [id: string, given: string, family: string, title: string, location: string, mail: string, shown?: string];

const CHIEF = '1001';

/** Each department with who leads it; the others of a department report to its first. */
const FIRST_DAY: Record<Department, Row[]> = {
  Management: [[CHIEF, 'Amara', 'Okafor', 'Chief Executive Officer', 'Nairobi', 'amara@okafor.example']],
  Engineering: [
    ['1002', 'Henrik', 'Sørensen', 'Head of Engineering', 'Copenhagen', 'henrik@sorensen.example'],
    ['1003', 'Anna', 'Müller', 'Software Engineer', 'Berlin', 'anna.m@mail.example'],
    ['1004', 'Anna', 'Müller', 'Test Engineer', 'Munich', 'mueller.anna@post.example'],
    ['1005', '伟', '王', 'Software Engineer', 'Shanghai', 'wangwei@mail.example', '王伟'],
    ['1006', 'Łukasz', 'Wójcik', 'Site Reliability Engineer', 'Kraków', 'lukasz@poczta.example'],
    ['1007', 'Hương', 'Nguyễn', 'Security Engineer', 'Hanoi', 'huong@mail.example'],
    ['1008', 'Björn', 'Ångström', 'Solutions Engineer', 'Gothenburg', 'bjorn@post.example'],
    ['1009', 'Priya', 'Raghunathan-Venkataraman', 'Software Engineer', 'Chennai', 'priya@mail.example'],
  ],
  Sales: [
    ['1010', 'Lucía', 'Fernández Ortega', 'Head of Sales', 'Madrid', 'lucia@correo.example'],
    ['1011', 'José', 'García', 'Account Manager', 'Seville', 'jose.garcia@correo.example'],
    ['1012', 'Jose', 'Garcia', 'Account Manager', 'Manila', 'jgarcia@mail.example'],
    ['1013', 'Zoë', "D'Angelo", 'Account Manager', 'Toronto', 'zoe@dangelo.example'],
    ['1014', 'Jean-Baptiste', 'Lefèvre', 'Sales Engineer', 'Lyon', 'jb@lefevre.example'],
    ['1015', 'Mateus', 'da Silva', 'Account Manager', 'São Paulo', 'mateus@correio.example'],
    ['1016', 'فاطمة', 'الزهراني', 'Account Manager', 'Riyadh', 'fatima@mail.example'],
  ],
  Finance: [
    ['1017', 'Siobhán', 'O’Neill', 'Chief Financial Officer', 'Dublin', 'siobhan@oneill.example'],
    ['1018', 'Grace', 'Kim', 'Controller', 'Seoul', 'grace.kim@mail.example'],
    ['1019', 'Olga', 'Ivanova', 'Accountant', 'Tallinn', 'olga@post.example'],
    ['1020', 'Mary Ann', 'Smith-Jones', 'Payroll Specialist', 'Cardiff', 'maryann@mail.example'],
    ['1021', 'Ayşe', 'Yılmaz', 'Accountant', 'Izmir', 'ayse@posta.example'],
  ],
  'Human Resources': [
    ['1022', 'Thandiwe', 'Nkosi', 'Head of People', 'Durban', 'thandi@mail.example'],
    ['1023', 'Emma', 'Johansson', 'Recruiter', 'Uppsala', 'emma.j@post.example', 'Emma "Em" Johansson'],
    ['1024', 'Noor', 'van der Berg', 'People Partner', 'Utrecht', 'noor@post.example'],
  ],
  Support: [
    ['1025', 'Kenji', 'Watanabe', 'Head of Support', 'Osaka', 'kenji@mail.example'],
    ['1026', 'Tomáš', 'Dvořák', 'Support Engineer', 'Brno', 'tomas@posta.example'],
    ['1027', 'Omar', 'Haddad', 'Support Engineer', 'Amman', 'omar@haddad.example'],
    ['1028', 'Leilani', 'Kahananui', 'Support Engineer', 'Honolulu', 'leilani@mail.example'],
    ['1029', 'Seán', 'Ó Briain', 'Support Engineer', 'Galway', 'sean@obriain.example'],
    ['1030', 'Chinedu', 'Eze', 'Support Engineer', 'Lagos', 'chinedu@mail.example'],
  ],
};

const LATER: [Department, Row][] = [
  ['Sales', ['1032', 'Ingrid', 'Dahl', 'Account Manager', 'Bergen', 'ingrid@post.example']],
  ['Engineering', ['1033', 'Rajesh', 'Kumar', 'Data Engineer', 'Pune', 'rajesh@mail.example']],
  ['Finance', ['1034', 'Chloé', 'Dubois', 'Accountant', 'Lille', 'chloe@dubois.example']],
  ['Support', ['1035', 'Kwame', 'Mensah', 'Support Engineer', 'Accra', 'kwame@mail.example']],
  ['Engineering', ['1036', 'Sofia', 'Rossi', 'Software Engineer', 'Turin', 'sofia@rossi.example']],
  ['Engineering', ['1037', 'Daniel', 'O’Connor', 'Software Engineer', 'Cork', 'daniel@mail.example']],
  ['Sales', ['1038', 'Mei', 'Tanaka', 'Sales Engineer', 'Kyoto', 'mei@mail.example']],
  ['Human Resources', ['1039', 'Ana', 'Kovačević', 'Recruiter', 'Split', 'ana@posta.example']],
  ['Support', ['1040', 'Yusuf', 'Demir', 'Support Engineer', 'Ankara', 'yusuf@posta.example']],
];

const leaderOf = (department: Department): string => FIRST_DAY[department][0]?.[0] ?? CHIEF;

function personOf(department: Department, [personId, givenName, familyName, title, location, mail, shown]: Row) {
  const leader = leaderOf(department);
  const manager = personId === CHIEF ? undefined : personId === leader ? CHIEF : leader;
  const person: FeedPerson = { personId, givenName, familyName, department, title, location, personalMail: mail };
  return { ...person, ...(shown && { displayName: shown }), ...(manager && { manager }) };
}

/** Those who join on the first day. They come in no particular order: some before their managers. */
export const firstDay: readonly FeedPerson[] = Object.entries(FIRST_DAY)
  .reverse()
  .flatMap(([department, rows]) => rows.map((row) => personOf(department as Department, row)));

const later = LATER.map(([department, row]) => personOf(department, row));

/** Those who join while Entra ID is away, and those who join while the worker dies. */
export const duringOutage: readonly FeedPerson[] = later.slice(0, 4);
export const duringCrash: readonly FeedPerson[] = later.slice(4);

/** People that the story is about. */
export const OMAR = '1027';
export const OLGA = '1019';
export const GRACE = '1018';
export const BJORN = '1008';
export const TOMAS = '1026';
export const MARY_ANN = '1020';
export const LEILANI = '1028';
export const ANNAS = ['1003', '1004'];
export const JOSES = ['1011', '1012'];
export const WANG_WEI = '1005';
export const LUCIA = '1010';
export const HENRIK = '1002';
