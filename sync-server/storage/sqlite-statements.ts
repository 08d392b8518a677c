import type Database from 'libsql'

/**
 * The prepared statements; rows come as arrays. They are read with `all`, which runs a statement to its end: one left
 * half read holds the log file open at its old state and keeps it from being taken over into the database.
 */
export function prepareStatements(database: Database.Database) {
  const prepare = (sql: string) => database.prepare(sql)
  const query = (sql: string) => database.prepare(sql).raw()
  return {
    readMeta: query('SELECT value FROM meta WHERE key = ?'),
    forgetJournal: query('PRAGMA wal_checkpoint(TRUNCATE)'),
    writeMeta: prepare('UPDATE meta SET value = ? WHERE key = ?'),

    roomOf: query('SELECT id, head FROM rooms WHERE name = ?'),
    insertRoom: prepare('INSERT INTO rooms (name, epoch, head) VALUES (?, ?, 0)'),
    writeHead: prepare('UPDATE rooms SET head = ? WHERE id = ?'),
    raiseRoomEpoch: prepare('UPDATE rooms SET epoch = epoch + 1 WHERE id = ?'),
    headsOf: query('SELECT name, head FROM rooms WHERE name IN (SELECT value FROM json_each(?))'),
    roomsOf: query(`
      SELECT rooms.id, rooms.name, rooms.epoch, rooms.head, snapshots.seq, snapshots.data
      FROM rooms LEFT JOIN snapshots ON snapshots.room = rooms.id
      WHERE rooms.name IN (SELECT value FROM json_each(?))`),

    // A whole group in one call, as JSON rows: a call for each row costs twice as much. The bytes come in one piece.
    insertUpdates: prepare(`
      INSERT INTO log (pos, room, seq, data)
      SELECT value ->> 0, value ->> 1, value ->> 2, substr(?, value ->> 3, value ->> 4) FROM json_each(?)`),
    deleteUpdates: prepare('DELETE FROM log WHERE room = ? AND seq <= ?'),
    positionOf: query('SELECT pos FROM log WHERE room = ? AND seq = ?'),
    // One row for each room: a row for each update costs three times as much. Bytes keep what they are in group_concat.
    looseOf: query(`
      SELECT room, min(seq), json_group_array(length(data) ORDER BY seq),
        CAST(group_concat(data, '' ORDER BY seq) AS BLOB)
      FROM log WHERE room IN (SELECT value FROM json_each(?)) GROUP BY room`),

    snapshotOf: query('SELECT seq FROM snapshots WHERE room = ?'),
    writeSnapshot: prepare(`
      INSERT INTO snapshots (room, seq, pos, data) VALUES (?, ?, ?, ?)
      ON CONFLICT (room) DO UPDATE SET seq = excluded.seq, pos = excluded.pos, data = excluded.data`),

    feedUpdates: query(`
      SELECT log.pos, rooms.name, rooms.epoch, log.seq, log.data FROM log JOIN rooms ON rooms.id = log.room
      WHERE log.pos > ? ORDER BY log.pos LIMIT ?`),
    feedSnapshots: query(`
      SELECT snapshots.pos, rooms.name, rooms.epoch, snapshots.seq, snapshots.data
      FROM snapshots JOIN rooms ON rooms.id = snapshots.room WHERE snapshots.pos > ? ORDER BY snapshots.pos LIMIT ?`),
    insertVisibility: prepare('INSERT INTO visibility (user, pos, room, visible) VALUES (?, ?, ?, ?)'),
    feedVisibility: query(`
      SELECT visibility.pos, rooms.name, visibility.visible FROM visibility JOIN rooms ON rooms.id = visibility.room
      WHERE visibility.user = ? AND visibility.pos > ? ORDER BY visibility.pos LIMIT ?`),

    recordsOf: query('SELECT key, value FROM records WHERE kind = ?'),
    writeRecord: prepare(`
      INSERT INTO records (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value`),
    deleteRecord: prepare('DELETE FROM records WHERE kind = ? AND key = ?'),

    outcomeOf: query('SELECT hash, refusal FROM outcomes WHERE user = ? AND command = ?'),
    greatestCommandOf: query('SELECT command FROM outcomes WHERE user = ? ORDER BY command DESC LIMIT 1'),
    outcomesAmong: query(`
      SELECT user, command FROM json_each(?) AS wanted CROSS JOIN outcomes
      ON user = wanted.value ->> 0 AND command = wanted.value ->> 1`),
    insertOutcomes: prepare(`
      INSERT INTO outcomes (user, command, hash, refusal)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`),

    insertAudit: prepare('INSERT INTO audit (at, person, subject, subject_id, line) VALUES (?, ?, ?, ?, ?)'),
  }
}

export type SqliteStatements = ReturnType<typeof prepareStatements>
