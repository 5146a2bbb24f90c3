/**
 * The write-ahead log: blocks, cuts, delivery marks and checkpoints in one total order.
 *
 * <h2>On disk, format 1</h2>
 *
 * <pre>
 * data-dir/
 *   lock                         held by the running server (an OS file lock)
 *   admin.address                where the running server answers operators; no part of the journal
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
 * <p>A <b>segment</b> is a Chronicle Queue file: documents of a 4-byte little-endian header (30 bits of length, a bit for
 * metadata, a bit for not complete) on 4-byte boundaries. Segments are numbered upwards over all runs without gaps. Each
 * start opens a new run with a new segment, so nothing is ever appended to a file that was there before, and Chronicle never
 * opens one.
 *
 * <p>A <b>position</b> is a segment's base plus an offset in its file; a segment's base is the end of the segment before it.
 *
 * <p>Each data document is one <b>entry</b>, little-endian:
 *
 * <pre>
 *  0  u32  magic "DCN" and the format, 1
 *  4  u32  CRC32C of the four bytes before it and everything that follows
 *  8  u64  the position of this document: an entry that lies elsewhere is not one
 * 16  u64  the position that was known to be synced when this was written: damage before it is damage to acknowledged data
 * 24  u32  the journal's id
 * 28  u8   kind: 1 checkpoint, 2 blocks, 3 cut, 4 mark, 5 forget
 * 29  u24  its ordinal in the segment, from 0
 * 32  ...  by kind
 * </pre>
 *
 * <p><b>Blocks</b>: a u32 count, then each block as u32 payload length, u32 records, u64 ordinal of the first record, u64
 * arrival in ms, u8 flags, strings source and stream, then the payload: every record followed by a newline. Flags: 1 the stream is
 * kept, 2 the block is framed. A framed block has behind the flags an i64 offset to resume at (-1: none) and a topic's id of 16
 * bytes, and its payload is a run of frames, see {@link io.decant.bucketer.Frame}. <b>Cut</b>, <b>mark</b>,
 * <b>forget</b> and <b>checkpoint</b> as {@link io.decant.ingest.journal.EntryCodec} and {@link io.decant.ingest.journal.JournalState} write them. A string is
 * a u16 length and UTF-8. A source that begins with {@code dlq/} says for which sinks its blocks are, see
 * {@link io.decant.ingest.journal.Recipients}. A checkpoint that does not fit one document goes on in the documents behind it. Every segment
 * begins with a checkpoint; everything before it is needed only while a sink has not had it, or kept for a replay ({@link
 * io.decant.ingest.journal.RetainedSegments}).
 *
 * <h2>Damage</h2>
 *
 * <p>Nothing but entries counts, and an entry proves itself: checksum, journal, position, ordinal. {@link
 * io.decant.ingest.journal.EntryScanner} finds them wherever documents' headers and Chronicle's own pages, which have no checksums, lead elsewhere. A start
 * ({@link io.decant.ingest.journal.JournalRecovery}) cuts off a tail that nothing says was acknowledged, and refuses where something acknowledged
 * and undelivered is damaged. {@link io.decant.ingest.journal.JournalAudit} says what that costs, {@link io.decant.ingest.journal.JournalRepair} writes a journal of
 * what is good.
 *
 * <h2>Operation</h2>
 *
 * <p>One writer appends ({@link io.decant.ingest.journal.JournalWriter}), one syncer forces ({@link io.decant.ingest.journal.Syncer}), one keeper prepares the
 * next segment and removes what every sink has ({@link io.decant.ingest.journal.SegmentKeeper}); readers map synced segments. The file system is behind
 * {@link io.decant.ingest.journal.SegmentStore}, so that the whole runs in a test over a disk that forgets what was not synced.
 *
 * <p>A force covers a Chronicle file's mapped pages as well, since it works on the file, not on the mapping. Chronicle's own
 * sync is not used: it covers the current chunk only and does not report failures.
 */
package io.decant.ingest.journal;
