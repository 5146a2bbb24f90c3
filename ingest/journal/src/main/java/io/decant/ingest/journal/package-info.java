/**
 * The write-ahead log: blocks, cuts, delivery marks and checkpoints in one total order.
 *
 * <h2>On disk</h2>
 *
 * <pre>
 * data-dir/
 *   lock                         held by the running server (an OS file lock)
 *   admin.address                where the running server answers operators; no part of the journal
 *   admin.token                  what shows it that a command is an operator's; no part of the journal
 *   journal/
 *     id                         8 hex digits and a newline, made once
 *     run-00000001/              one Chronicle queue for each start of the server
 *       19700101-0005V.cq4       a segment; the name is Chronicle's rendering of the segment number as a cycle
 *       metadata.cq4t            Chronicle's own; holds nothing that is needed again
 *     next-*.tmp                 the next segment, preallocated with zeros; not part of the journal yet
 *   dlq/                         dead letters, no part of the journal
 *   repaired/                    a repair that did not end
 *   salvage/                     what was cut off a damaged tail; journals that were repaired, whole
 * </pre>
 *
 * <p>A <b>segment</b> is a Chronicle Queue file: documents of a 4-byte little-endian header (30 bits of length, a bit
 * for metadata, a bit for not complete) on 4-byte boundaries. Segments are numbered upwards over all runs without gaps.
 * Each start opens a new run with a new segment, so nothing is ever appended to a file that was there before, and
 * Chronicle never opens one.
 *
 * <p>A <b>position</b> is a segment's base plus an offset in its file; a segment's base is the end of the segment
 * before it.
 *
 * <p>Each data document is one <b>entry</b>, little-endian:
 *
 * <pre>
 *  0  u32  magic "DCN" and, as byte 3, the format of this entry: 1 or 2
 *  4  u32  CRC32C of the four bytes before it and everything that follows
 *  8  u64  the position of this document: an entry that lies elsewhere is not one
 * 16  u64  the position that was known to be synced when this was written: damage before it is damage to acknowledged
 *          data
 * 24  u32  the journal's id
 * 28  u8   kind: 1 checkpoint, 2 blocks, 3 cut, 4 mark, 5 forget; in format 2 also 6 shape, 7 exclusion, 8 plan, 9 done
 * 29  u24  its ordinal in the segment, from 0
 * 32  ...  by kind
 * </pre>
 *
 * <p>Format 1 is what 0.1.0 writes. An entry is written in format 2 only where format 1 cannot say what it says; so
 * 0.1.0 continues the journal of a server that uses nothing new, and refuses any other by the byte. An entry of
 * format 3 is refused here.
 *
 * <p>A string is a u16 length and UTF-8, <i>bytes</i> are a u16 length and so many bytes. What follows the header is
 * padded with zeros to a multiple of 4.
 *
 * <h3>Format 1</h3>
 *
 * <pre>
 * blocks      u32 count; each: u32 payload length, u32 records, u64 ordinal of the first record, u64 arrival in ms,
 *             u8 flags, [if framed: i64 offset to resume at (-1: none), 16 bytes id of the topic], string source,
 *             string stream, the payload: every record followed by a newline; or, framed, a run of
 *             {@link io.decant.bucketer.Frame}s
 *             flags: 1 the stream is kept, 2 framed
 * cut         u64 batch, u64 window start, u64 window end (ms), u64 position of the first block, u64 records,
 *             u64 bytes, string server name, string key, string missing-key, u64 hash seed,
 *             u32 sinks; each: string name, string type, string format, u64 records of a part, u64 bytes of a part
 * mark        string sink, u64 batch, u64 position, u32 bucket, u64 first,
 *             u32 pieces; each: varint of (length &lt;&lt; 1 | passed)
 * forget      string sink; where that is empty it forgets none: u64 time served in ms. 0.1.0 writes no such and
 *             passes over it
 * checkpoint  u32 piece, u32 pieces, u32 length, so many bytes of the checkpoint, all pieces together being:
 *             u64 segment, u64 base, u64 last batch, u64 end of the last cut, u64 window start, u64 window end,
 *             u64 uncut records, u64 uncut bytes, u64 arrival of the first uncut block,
 *             string recipients of what is uncut,
 *             u32 kept streams; each: string source, string stream, u64 next record, u64 last arrival in ms,
 *                 i64 offset to resume at, 16 bytes id of the topic
 *             u32 marks; each as above
 *             [u64 time served in ms; for each kept stream u64 time served when its last record came]
 * </pre>
 *
 * <p>What stands in brackets at a checkpoint's end 0.1.0 passes over. It is left out where it would be all zeros; where
 * it is missing every stream counts as seen just now.
 *
 * <h3>Format 2</h3>
 *
 * <pre>
 * blocks      as in format 1, with the flag 4: behind the resume point (in a block without frames, behind the flags)
 *             stand bytes, the cursor, at most 4 KiB. Such a block is never divided
 * shape       u32 number, the shape:
 *                 string server name, string missing-key, u64 hash seed, u16 version of the key semantics
 *                 (1: of 0.1.0), u8 engine of regular expressions (0 java, 1 re2),
 *                 u16 keys; each: string key, string folding
 *                 u16 sources with transforms; each: string source, u16 steps; each: string step
 *                 u32 sinks; each as in format 1, then string extra
 * cut         the first six fields of format 1, u32 number of the shape
 * exclusion   u64 batch, u64 ordinal of the record in the batch, string reason
 * plan        string source, bytes payload
 * done        string source, string table, bytes hash of the plan, bytes upper limits
 * checkpoint  as in format 1, the part in brackets always; then for each kept stream bytes, its cursor;
 *             u32 shapes, the least recently used first; each: u32 number, the shape
 *             u32 exclusions, u32 plans, u32 done; each as above
 * </pre>
 *
 * <p>A shape is written before the first cut that refers to it and synced with it, see
 * {@link io.decant.ingest.journal.JournalWriter}. Its number means something within one segment only: it stands in the
 * segment's checkpoint or in an entry of the segment. The last {@value io.decant.ingest.journal.Shapes#HELD_MAX} are
 * held, and of those a checkpoint keeps what was used since the one before it. Exclusions are kept until every sink has
 * the batch, plans and tables as long as their source is in the settings.
 *
 * <p>A source that begins with {@code dlq/} says for which sinks its blocks are, see
 * {@link io.decant.ingest.journal.Recipients}. A checkpoint that does not fit one document continues in the documents
 * behind it. Every segment begins with a checkpoint; everything before it is needed only while a sink has not delivered
 * it, or kept for a replay ({@link io.decant.ingest.journal.RetainedSegments}).
 *
 * <h2>Damage</h2>
 *
 * <p>Nothing but entries counts, and an entry proves itself: checksum, journal, position, ordinal.
 * {@link io.decant.ingest.journal.EntryScanner} finds them wherever documents' headers and Chronicle's own pages, which
 * have no checksums, lead elsewhere. A start ({@link io.decant.ingest.journal.JournalRecovery}) cuts off a tail that
 * nothing says was acknowledged, and refuses where something acknowledged and undelivered is damaged.
 * {@link io.decant.ingest.journal.JournalAudit} says what that costs, {@link io.decant.ingest.journal.JournalRepair}
 * writes a journal of what is good.
 *
 * <h2>Operation</h2>
 *
 * <p>One writer appends ({@link io.decant.ingest.journal.JournalWriter}), one syncer forces
 * ({@link io.decant.ingest.journal.Syncer}), one keeper prepares the next segment and removes what every sink has
 * ({@link io.decant.ingest.journal.SegmentKeeper}); readers map synced segments. The file system is behind
 * {@link io.decant.ingest.journal.SegmentStore}, so that the whole runs in a test over a disk that forgets what was not
 * synced.
 *
 * <p>A force covers a Chronicle file's mapped pages as well, since it works on the file, not on the mapping.
 * Chronicle's own sync is not used: it covers the current chunk only and does not report failures.
 */
package io.decant.ingest.journal;
