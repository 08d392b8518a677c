import { describe, expect, it } from 'vitest'
import { createPieceSize } from '#renderer/data/media/piece-size.ts'
import { byUrgency, createJob, progressOf, uploadsOf, type UploadJob } from '#renderer/data/media/upload-jobs.ts'
import { createUploadPace } from '#renderer/data/media/upload-pace.ts'
import { keptFile, outboxRow } from '#tests/support/client/rows.ts'

const row = outboxRow({ order: 1, files: [keptFile(1), keptFile(2), keptFile(3)], waits: true })
const jobsOf = (changes: Partial<UploadJob>[]): UploadJob[] =>
  uploadsOf(row).map((file, index) => ({ ...createJob(file), ...changes[index] }))

describe('the pace of uploads', () => {
  it('is that of the last seconds, and unknown until there was one', () => {
    let nowMs = 0
    const pace = createUploadPace(() => nowMs)
    expect(pace.perMs()).toBeNull()
    pace.sent(1_000)
    nowMs = 1_000
    pace.sent(1_000)
    expect(pace.perMs()).toBeNull()
    nowMs = 2_000
    expect(pace.perMs()).toBe(1)
    // Nothing for a while: the pace falls with every second.
    nowMs = 20_000
    expect(pace.perMs()).toBeCloseTo(0.1)
    pace.sent(100)
    for (nowMs = 21_000; nowMs <= 40_000; nowMs += 1_000) pace.sent(500)
    expect(pace.perMs()).toBeCloseTo(0.5, 1)
    pace.reset()
    expect(pace.perMs()).toBeNull()
  })
})

describe('how far a message is', () => {
  it('counts whole files and bytes, and the time for what comes before as well', () => {
    const other = { ...createJob({ ...uploadsOf(row)[0]!, sha256: 'f'.repeat(64) }), size: 1_000 }
    const jobs = [other, ...jobsOf([{ state: 'done' }, { state: 'running', sentBytes: 6 }, {}])]
    expect(progressOf(row, { jobs, isPaused: false, pace: 2 })).toEqual({
      state: 'running',
      filesDone: 1,
      files: 3,
      bytesDone: 11 + 6,
      bytes: 11 + 12 + 13,
      remainingMs: Math.round((1_000 + 6 + 13) / 2),
      failure: null,
      failed: [],
    })
  })

  it('says that it waits, is paused, or has failed', () => {
    const state = (jobs: UploadJob[], isPaused = false) => progressOf(row, { jobs, isPaused, pace: 1 }).state
    expect(state(jobsOf([]))).toBe('waiting')
    expect(state(jobsOf([]), true)).toBe('paused')
    expect(state(jobsOf([{ failure: 'server-full' }]))).toBe('failed')
    expect(progressOf(row, { jobs: jobsOf([]), isPaused: false, pace: 1 }).remainingMs).toBeNull()
  })
})

describe('the order of uploads', () => {
  it('is posters, photos, videos, and the smallest first', () => {
    const video = keptFile(4, { kind: 'video', name: 'видео.mp4' })
    const poster = { sha256: 'e'.repeat(64), size: 900 }
    const files = [{ ...video, sent: { ...video.sent!, size: 5, poster } }, keptFile(9), keptFile(2)]
    const jobs = uploadsOf(outboxRow({ order: 1, files }))
      .map(createJob)
      .toSorted(byUrgency)
    expect(jobs.map(({ kind, size }) => [kind, size])).toEqual([
      ['poster', 900],
      ['photo', 12],
      ['photo', 19],
      ['video', 5],
    ])
    expect(jobs[0]?.posterOf).toBe(video.sent?.sha256)
  })
})

describe('the size of a piece', () => {
  const kilobyte = 1024

  it('follows the link: about a second’s worth, within bounds', () => {
    const pieces = createPieceSize()
    expect(pieces.bytes()).toBe(512 * kilobyte)
    for (let count = 0; count < 10; count++) pieces.arrived(pieces.bytes(), 10)
    expect(pieces.bytes()).toBe(4_096 * kilobyte)
    pieces.arrived(pieces.bytes(), 8_000)
    expect(pieces.bytes()).toBe(512 * kilobyte)
    pieces.arrived(pieces.bytes(), 60_000)
    expect(pieces.bytes()).toBe(256 * kilobyte)
  })

  it('is halved when the connection breaks', () => {
    const pieces = createPieceSize()
    for (let count = 0; count < 3; count++) pieces.arrived(pieces.bytes(), 10)
    pieces.broke()
    expect(pieces.bytes()).toBe(2_048 * kilobyte)
    for (let count = 0; count < 20; count++) pieces.broke()
    expect(pieces.bytes()).toBe(256 * kilobyte)
  })
})
