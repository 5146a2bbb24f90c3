package io.decant.ingest.source.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads ranges, one after another, on a connection of its own. A range that fails goes back into the
 * queue, to be tried again later: it keeps no other range from being read.
 */
final class RangeWorker implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    /** A connection without work is closed after this. */
    private static final long IDLE_SECONDS = 5;

    private final String source;
    private final BlockingQueue<RangeJob> jobs;
    private final MysqlConnections connections;
    private final RangeReader reader;
    private final ReadControl control;
    private final MysqlHealth health;
    private final Runnable onChange;
    private Connection connection;

    /** @param onChange told when a range has another state */
    RangeWorker(
            String source,
            BlockingQueue<RangeJob> jobs,
            MysqlConnections connections,
            RangeReader reader,
            ReadControl control,
            MysqlHealth health,
            Runnable onChange) {
        this.source = source;
        this.jobs = jobs;
        this.connections = connections;
        this.reader = reader;
        this.control = control;
        this.health = health;
        this.onChange = onChange;
    }

    @Override
    public void run() {
        try {
            while (!control.isStopped()) {
                RangeJob job = jobs.poll(IDLE_SECONDS, TimeUnit.SECONDS);
                if (job == null) {
                    close();
                } else {
                    read(job);
                    onChange.run();
                }
            }
        } catch (InterruptedException e) {
            // The source ends.
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void read(RangeJob job) throws InterruptedException {
        try {
            if (connection == null) {
                connection = connections.open();
                control.opened(connection);
            }
            job.begins();
            if (reader.read(connection, job) == RangeReader.End.FINISHED) {
                job.finished();
            } else {
                close();
                job.waits(System.nanoTime());
                jobs.add(job);
            }
            health.works(job.table());
        } catch (ImportException e) {
            close();
            job.stopped(e.getMessage());
            log.error("source {}: range {} stops: {}", source, job.name(), e.getMessage());
        } catch (SQLException | RuntimeException | OutOfMemoryError e) {
            close();
            if (control.isStopped()) {
                throw new InterruptedException();
            }
            log.debug("source {}: range {}", source, job.name(), e);
            String why = connections.why(e);
            job.failed(why, System.nanoTime());
            health.failed(job.table(), "range " + job.name(), why);
            jobs.add(job);
        }
    }

    /** By force: a result that is half read would be read to its end first. */
    private void close() {
        if (connection != null) {
            control.abort(connection);
            connection = null;
        }
    }
}
