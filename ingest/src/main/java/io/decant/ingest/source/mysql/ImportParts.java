package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import io.decant.ingest.source.ImportLog;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * What the parts of a source share.
 *
 * @param source its name
 * @param journal what is kept of imports
 * @param replanned tables that are imported anew
 * @param kept what the journal had of each stream when it was opened
 * @param streamsMax streams that the journal has room for
 * @param jobs ranges that wait for a connection
 * @param planners threads that wait for the database beside those that read
 */
record ImportParts(
        String source,
        MysqlSourceSettings settings,
        MysqlConnections connections,
        ImportLog journal,
        Set<String> replanned,
        Map<String, ResumableStream> kept,
        int streamsMax,
        SourceCounters counters,
        Queue<RangeJob> jobs,
        ReadControl control,
        MysqlHealth health,
        ExecutorService planners,
        List<TableImport> tables) {}
