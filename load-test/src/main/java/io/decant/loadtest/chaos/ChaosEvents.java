package io.decant.loadtest.chaos;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Makes the events of the schedule happen. Used by one thread. */
final class ChaosEvents {

    /** Has something done later. */
    @FunctionalInterface
    interface Later {
        void after(long millis, ChaosPeer.Step step);
    }

    private static final String NO_HDFS = "no cluster was asked for";
    private static final String NO_YARN = "no YARN was asked for";
    private static final String NO_POSTGRES = "PostgreSQL does not run on this machine";
    private static final List<String> POWER_CUT_MODES = List.of("none", "all", "subset");
    /** Requests of the disk that are served before the power goes, at the most: so it goes inside a sync. */
    private static final int REQUESTS_MAX = 24;
    /** One power cut in so many is followed by one during recovery. */
    private static final int RECUT_ONE_IN = 3;

    private static final int RECUT_MILLIS_MAX = 1_500;
    /** An answer that the server has earned before may still arrive. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    /** By how much a clock is set, forward and back in turn. */
    private static final List<Long> STEPS_SECONDS = List.of(1L, 30L, 900L, 7_200L, 86_400L, 40 * 86_400L);

    private final ChaosOptions options;
    private final ChaosLog log;
    private final ChaosWorld world;
    private final Later later;
    private final Map<EventKind, Integer> done = new EnumMap<>(EventKind.class);
    private final Map<EventKind, Integer> skipped = new EnumMap<>(EventKind.class);
    private boolean isDiskFull;
    private long freedAtMillis = Long.MIN_VALUE / 2;
    private int extraAdded;

    ChaosEvents(ChaosOptions options, ChaosLog log, ChaosWorld world, Later later) {
        this.options = options;
        this.log = log;
        this.world = world;
        this.later = later;
    }

    void perform(ChaosEvent event) throws Exception {
        String why = begin(event);
        if (why.isEmpty()) {
            done.merge(event.kind(), 1, Integer::sum);
        } else {
            skipped.merge(event.kind(), 1, Integer::sum);
            log.say("skipped: " + event.text() + ": " + why);
        }
    }

    /** Says why it cannot be; empty if it has begun. */
    private String begin(ChaosEvent event) throws Exception {
        return switch (event.kind()) {
            case SERVER_KILL -> {
                log.say(event.text());
                kill();
                world.server.start();
                yield "";
            }
            case SERVER_SUSPEND -> {
                log.say(event.text());
                world.server.suspend();
                later.after(event.lastsMillis(), world.server::resume);
                yield "";
            }
            case SETTINGS -> {
                settings(event);
                yield "";
            }
            case CLOCK_STEP -> clock(event);
            case POWER_CUT -> powerCut(event);
            case DISK_FULL -> diskFull(event);
            case RECEIVER_SUSPEND -> suspend(event, world.receiver);
            case RECEIVER_KILL -> end(event, world.receiver, world.http::kill);
            case BROKER_SUSPEND -> suspend(event, world.broker);
            case BROKER_KILL -> end(event, world.broker, world.kafka::kill);
            case BROKER_STOP -> end(event, world.broker, world.kafka::stop);
            case MARIADB_SUSPEND -> suspend(event, world.mariaDbPeer);
            case MARIADB_KILL -> end(event, world.mariaDbPeer, world.mariaDb::crash);
            case POSTGRES_SUSPEND -> world.postgres == null ? NO_POSTGRES : suspend(event, world.postgresPeer);
            case POSTGRES_KILL ->
                world.postgres == null ? NO_POSTGRES : end(event, world.postgresPeer, world.postgres::crash);
            case NAMENODE_SUSPEND -> world.hdfs == null ? NO_HDFS : suspend(event, world.namenode);
            case NAMENODE_KILL -> world.hdfs == null ? NO_HDFS : end(event, world.namenode, world.hdfs::killNamenode);
            case DATANODE_KILL -> world.hdfs == null ? NO_HDFS : end(event, world.datanode, world.hdfs::killDatanode);
            case RESOURCE_MANAGER_SUSPEND -> world.yarn == null ? NO_YARN : suspend(event, world.resourceManager);
            case RESOURCE_MANAGER_KILL ->
                world.yarn == null ? NO_YARN : end(event, world.resourceManager, world.yarn::killResourceManager);
            case NODE_MANAGER_KILL ->
                world.yarn == null ? NO_YARN : end(event, world.nodeManager, world.yarn::killNodeManager);
            case UPGRADE -> upgrade(event);
        };
    }

    private void kill() throws Exception {
        world.server.kill();
        world.server.awaitEnd();
    }

    private String suspend(ChaosEvent event, ChaosPeer peer) throws Exception {
        if (!peer.suspend()) {
            return peer.name() + " does not run";
        }
        log.say(event.text());
        later.after(event.lastsMillis(), () -> restore(peer));
        return "";
    }

    private String end(ChaosEvent event, ChaosPeer peer, ChaosPeer.Step way) throws Exception {
        if (!peer.end(way)) {
            return peer.name() + " does not run";
        }
        log.say(event.text());
        later.after(event.lastsMillis(), () -> restore(peer));
        return "";
    }

    private void restore(ChaosPeer peer) throws Exception {
        peer.restore();
        log.say("  " + peer.name() + " may run again");
    }

    /** One in two is stopped, the others are killed. */
    private String end(ChaosEvent event) throws Exception {
        if (event.way(0, 2) == 0) {
            kill();
            return "killed";
        }
        int status = world.server.stop();
        return "stopped with status " + status;
    }

    private void settings(ChaosEvent event) throws Exception {
        String end = end(event);
        ChaosSettings before = world.server.settings();
        ChaosSettings next = before.next(event);
        if (next.hasExtra() && !before.hasExtra()) {
            extraAdded++;
        }
        world.server.use(next);
        log.say(event.text() + ", " + end + ": " + next.text());
        world.server.start();
    }

    private String clock(ChaosEvent event) throws Exception {
        if (!world.clock.canBeSet()) {
            return "no library for the clock of a process";
        }
        long step = STEPS_SECONDS.get(event.way(1, STEPS_SECONDS.size()));
        // Back, but for a clock that is behind by a day already.
        boolean isBack = event.way(0, 2) == 0 && world.clock.offsetSeconds() > -STEPS_SECONDS.get(4);
        world.clock.step(isBack ? -step : step);
        log.say(event.text() + " by " + (isBack ? -step : step) + " s, to " + world.clock.offsetSeconds() + " s");
        return "";
    }

    private String powerCut(ChaosEvent event) throws Exception {
        if (world.disk.kind() != ChaosDisk.Kind.POWER_CUT) {
            return "no root, or no harness that cuts the power";
        }
        String mode = POWER_CUT_MODES.get(event.way(0, POWER_CUT_MODES.size()));
        boolean isRepeated = event.way(5, RECUT_ONE_IN) == 0;
        log.say(event.text() + ", of what was not flushed survives: " + mode);
        cut(mode, event.choice());
        if (isRepeated) {
            later.after(event.way(8, RECUT_MILLIS_MAX), () -> {
                log.say("  power-cut again, during recovery");
                cut(mode, event.choice() ^ 1);
            });
        }
        return "";
    }

    private void cut(String mode, int seed) throws Exception {
        world.disk.freeze(mode, seed, seed % REQUESTS_MAX);
        LockSupport.parkNanos(GRACE_NANOS);
        world.server.kill();
        world.disk.release();
        world.server.awaitEnd();
        world.disk.revive();
        world.server.start();
    }

    private String diskFull(ChaosEvent event) throws Exception {
        if (world.disk.kind() == ChaosDisk.Kind.FOLDER) {
            return "no root for a disk of its own";
        }
        log.say(event.text());
        isDiskFull = true;
        world.disk.fill();
        later.after(event.lastsMillis(), this::free);
        return "";
    }

    private void free() throws Exception {
        world.disk.free();
        isDiskFull = false;
        freedAtMillis = log.millis();
        log.say("  the disk has room again");
    }

    private String upgrade(ChaosEvent event) throws Exception {
        if (options.earlier().isEmpty()) {
            return "no earlier version was named";
        }
        String end = end(event);
        world.server.use(options.distribution());
        world.server.use(world.server.settings().upgraded());
        log.say(event.text() + ", " + end + ": to the present version, with all sources and sinks");
        world.server.start();
        return "";
    }

    /** A start without the sink was refused. */
    void putExtraBack() {
        world.server.use(world.server.settings().withExtra());
    }

    boolean isDiskFull() {
        return isDiskFull;
    }

    /** When the disk was freed last. */
    long freedAtMillis() {
        return freedAtMillis;
    }

    /** How often the sink extra came into the settings. */
    int extraAdded() {
        return extraAdded;
    }

    /** Has everything run, and nothing fail any more. */
    void heal() throws Exception {
        if (isDiskFull) {
            free();
        }
        for (ChaosPeer peer : List.of(world.broker, world.mariaDbPeer, world.receiver)) {
            peer.awaitRunning();
        }
        if (world.postgres != null) {
            world.postgresPeer.awaitRunning();
        }
        if (world.hdfs != null) {
            world.namenode.awaitRunning();
            world.datanode.awaitRunning();
            world.hdfs.awaitWhole();
        }
        if (world.yarn != null) {
            world.resourceManager.awaitRunning();
            world.nodeManager.awaitRunning();
            world.yarn.awaitWhole();
        }
        world.server.resume();
        world.http.becomeHealthy();
    }

    /** What has happened, and how often. */
    String summary() {
        return text(done) + (skipped.isEmpty() ? "" : "; skipped: " + text(skipped));
    }

    private static String text(Map<EventKind, Integer> counts) {
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey().text())
                .collect(Collectors.joining(", "));
    }
}
