import Database from 'libsql'

/** Version of the tables below, kept in the file as `user_version`. A change adds a step to {@link migrations}. */
const schemaVersion = 2

const migrations: Record<number, string> = {
  1: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', 1), ('position', 0);

    CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL, head INTEGER NOT NULL);

    -- The log of all rooms in the order of commits; log, snapshots and visibility share one row of positions.
    CREATE TABLE log (pos INTEGER PRIMARY KEY, room INTEGER NOT NULL, seq INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE UNIQUE INDEX log_by_room ON log (room, seq);

    -- What stands for the first updates of a room; its position is where the feed shows it.
    CREATE TABLE snapshots (room INTEGER PRIMARY KEY, seq INTEGER NOT NULL, pos INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE UNIQUE INDEX snapshots_by_position ON snapshots (pos);

    CREATE TABLE visibility (user TEXT NOT NULL, pos INTEGER NOT NULL, room INTEGER NOT NULL, visible INTEGER NOT NULL,
      PRIMARY KEY (user, pos)) WITHOUT ROWID;

    CREATE TABLE records (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;

    CREATE TABLE outcomes (user TEXT NOT NULL, command TEXT NOT NULL, hash TEXT NOT NULL, refusal TEXT,
      PRIMARY KEY (user, command)) WITHOUT ROWID;
  `,
  2: `
    -- Lines are never deleted, so the next id is the greatest one and one. \`line\` is the whole line as JSON; the other columns
    -- are what it is looked for by.
    CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, person TEXT NOT NULL, subject TEXT NOT NULL,
      subject_id TEXT NOT NULL, line TEXT NOT NULL);
    CREATE INDEX audit_by_time ON audit (at);
    CREATE INDEX audit_by_person ON audit (person);
    CREATE INDEX audit_by_subject ON audit (subject, subject_id);
  `,
}

/** The file was written by a newer server; an older one would spoil it. */
class NewerSchema extends Error {
  override name = 'NewerSchema'
}

/**
 * Opens or creates the file. Durable on return of every COMMIT (WAL with synchronous=FULL); what is deleted is
 * overwritten, so a rewriting really removes a deleted message's text; but for what SQLite leaves between the cells of a page
 * when it moves them, which only VACUUM clears. With `isSynced` false the operating system writes
 * when it likes.
 */
export function openDatabase(file: string, isSynced: boolean): Database.Database {
  const database = new Database(file)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${isSynced ? 'FULL' : 'OFF'};
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -65536;
    PRAGMA wal_autocheckpoint = 4000;
  `)
  migrate(database)
  return database
}

function migrate(database: Database.Database): void {
  const [stored] = database.prepare('PRAGMA user_version').raw().get() as [number]
  if (stored > schemaVersion)
    throw new NewerSchema(`the store has version ${stored}, this server knows up to ${schemaVersion}`)
  for (let version = stored + 1; version <= schemaVersion; version++)
    database.exec(`BEGIN IMMEDIATE; ${migrations[version] ?? ''} PRAGMA user_version = ${version}; COMMIT;`)
}
