/**
 * The files through which a large batch goes to the job and comes back. All numbers are little-endian.
 *
 * <h2>The staged batch</h2>
 *
 * <p>A directory {@code batch-<12 digits>} with block files {@code blocks-<5 digits>} from 0, each read by one task,
 * and {@code batch.json} ({@link io.decant.offload.staging.StagedBatch}). It is written under another name and renamed:
 * it is there whole or not at all. A <b>block file</b> is 8 bytes {@code DCNTBLK1}, then whole blocks in the order of
 * the journal:
 *
 * <pre>
 *  i32 payload bytes      i32 records       i64 ordinal of the first record in its stream
 *  i64 arrival, ms        u8 flags (1: framed, else lines)
 *  u16 length + source, UTF-8               u16 length + stream, UTF-8
 *  payload
 * </pre>
 *
 * <p>{@link io.decant.offload.staging.BlockFileWriter} writes one, {@link io.decant.offload.staging.StagedSegment}
 * holds one in native memory.
 *
 * <h2>The job's output</h2>
 *
 * <p>A directory {@code out} beside the block files, which appears by one rename, with
 *
 * <ul>
 *   <li>{@code result.json} ({@link io.decant.offload.staging.JobResult});
 *   <li>{@code runs/run-<5 digits>}, if runs were requested: the records of one block file by bucket, then
 *       arrival, with {@code runs/run-<5 digits>.index}. A bucket is its slices of all runs, in the order of their
 *       numbers;
 *   <li>{@code runs/keyless-<5 digits>}: likewise, by arrival, the records of one block file that are in no bucket;
 *   <li>{@code sinks/<name>}: a finished batch directory for each sink that can take it over as it is.
 * </ul>
 *
 * <p>A <b>run</b> is 8 bytes {@code DCNTRUN1}, i32 bytes of the whole header, i32 streams, for each stream two strings
 * as above (source, stream), then one entry after another ({@link io.decant.offload.staging.RunEntry}):
 *
 * <pre>
 *  i32 length; its top bit set: a frame, else a line without its newline
 *  i32 stream (which of the header's)       i64 position in its stream      i64 arrival, ms
 *  the line, or the whole frame
 * </pre>
 *
 * <p>An <b>index</b> has 16 bytes for each bucket that the run holds something of, ascending: i32 bucket, i32 records,
 * i64 offset of the first entry in the run; and one more at the end, with bucket 2^31-1, 0 records and the run's length
 * as its offset.
 */
package io.decant.offload.staging;
