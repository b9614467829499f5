import type { DataSource } from 'typeorm';
import { AccountEntity } from './entities/account.entity.js';
import { LifecycleEventEntity } from './entities/lifecycle-event.entity.js';
import { PersonEntity } from './entities/person.entity.js';

/** A person with their accounts and their newest events. */
export interface PersonOverview {
  person: PersonEntity;
  accounts: AccountEntity[];
  /** Newest first, at most `EVENTS_SHOWN`. */
  events: LifecycleEventEntity[];
}

const EVENTS_SHOWN = 100;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads persons. */
export class PersonRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By Tenure's UUID or, where nobody has it, by HR's id. */
  async overview(id: string): Promise<PersonOverview | undefined> {
    const persons = this.dataSource.getRepository(PersonEntity);
    const byUuid = UUID.test(id) ? await persons.findOneBy({ id: id.toLowerCase() }) : null;
    const person = byUuid ?? (await persons.findOneBy({ personId: id }));
    if (!person) return undefined;
    const [accounts, events] = await Promise.all([
      this.dataSource.getRepository(AccountEntity).find({
        where: { personUuid: person.id },
        order: { directory: 'ASC' },
      }),
      this.dataSource.getRepository(LifecycleEventEntity).find({
        where: { personUuid: person.id },
        order: { position: 'DESC' },
        take: EVENTS_SHOWN,
      }),
    ]);
    return { person, accounts, events };
  }
}
