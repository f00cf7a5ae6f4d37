/** The vault's schema, step by step. */
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const migrations: Record<string, Migration> = {
  '0001 keys and persons': {
    up: async (db) => {
      await db.schema
        .createTable('project_key')
        .addColumn('project', 'text', (column) => column.primaryKey())
        .addColumn('uid_key', 'bytea', (column) => column.notNull())
        .addColumn('person_key', 'bytea', (column) => column.notNull())
        .execute()
    },
  },
  // keys are wrapped from here on; keys in plain, which no release had, do not stay beside them
  '0002 persons, epochs, custody, ledger': {
    up: async (db) => {
      for (const statement of SCHEMA.split(/;\n(?=\n)/)) await sql.raw(statement).execute(db)
    },
  },
}

const SCHEMA = `
drop table if exists person, project_key;

create table vault_key (
  name text primary key,
  wrapped bytea not null
);

create table person (
  person_id bytea primary key,
  merged_into bytea references person (person_id)
);

create table identity (
  identity_hash bytea primary key,
  person_id bytea not null references person (person_id),
  sealed bytea
);

create index identity_person on identity (person_id);

create table epoch (
  project text not null,
  epoch integer not null,
  wrapped bytea,
  opened_at timestamptz not null default now(),
  destroyed_at timestamptz,
  primary key (project, epoch)
);

create table pseudonym (
  project text not null,
  epoch integer not null,
  person_id bytea not null references person (person_id),
  pseudonym text not null,
  date_shift_days integer not null,
  primary key (project, epoch, person_id),
  unique (project, pseudonym),
  foreign key (project, epoch) references epoch (project, epoch)
);

create table custodian (
  name text primary key,
  public_key bytea not null,
  salt bytea not null,
  sealed_private_key bytea not null,
  sealed_share bytea not null
);

create table reidentification (
  id text primary key,
  project text not null,
  pseudonym text not null,
  purpose text not null,
  reference text not null,
  requested_by text not null references custodian (name),
  requested_at timestamptz not null default now(),
  contributions jsonb not null,
  decided_by text references custodian (name),
  decided_at timestamptz,
  decision text,
  answer bytea
);

create table ledger (
  seq bigint primary key,
  at timestamptz not null,
  who text not null,
  event text not null,
  details jsonb not null,
  hash bytea not null
);

create function ledger_only_grows() returns trigger language plpgsql as $body$
begin
  raise exception 'the ledger only grows';
end $body$;

create trigger ledger_only_grows before update or delete or truncate on ledger
  execute function ledger_only_grows();
`
