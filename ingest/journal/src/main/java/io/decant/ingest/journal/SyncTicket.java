package io.decant.ingest.journal;

import java.util.List;

/**
 * What the writer asks of the syncer: to bring everything before {@code end} to stable storage, then to say so.
 *
 * @param segment where the writer wrote it; the segments before it are forced first
 * @param end {@code appended} once this was written
 * @param cut the position {@code cut} once this is synced
 * @param delivered the position {@code delivered} once this is synced
 * @param batch number of the batch whose cut this is; 0: none
 * @param blocks whose owners are told
 */
public record SyncTicket(
        SegmentStore.SegmentWriter segment, long end, long cut, long delivered, long batch, List<Block> blocks) {}
