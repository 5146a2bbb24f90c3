package io.decant.loadtest.chaos;

import java.util.Locale;

/** What can happen. Each kind has a number of cards in a deck: how often it comes beside the others. */
enum EventKind {
    /** {@code kill -9} of the server, and a start. */
    SERVER_KILL(3, 0, 0),
    /** The server's process stands still for a while. */
    SERVER_SUSPEND(1, 500, 8_000),
    /**
     * The server is stopped or killed, and started with other settings: transforms, windows, requests, one sink more
     * or less.
     */
    SETTINGS(3, 0, 0),
    /** The server's wall clock is set, by seconds to days, forward or back. */
    CLOCK_STEP(2, 0, 0),
    /** The power of the server's disk is cut. */
    POWER_CUT(3, 0, 0),
    /** The server's disk is filled to its last block for a while. */
    DISK_FULL(1, 1_000, 10_000),
    /** The HTTP receiver takes requests and answers none for a while. */
    RECEIVER_SUSPEND(1, 500, 8_000),
    /** The HTTP receiver ends in the middle of what it does, and comes back. */
    RECEIVER_KILL(1, 500, 8_000),
    /** The Kafka broker stands still for a while. */
    BROKER_SUSPEND(1, 500, 8_000),
    /** {@code kill -9} of the Kafka broker, and a start. */
    BROKER_KILL(1, 500, 8_000),
    /** An orderly end of the Kafka broker, and a start. */
    BROKER_STOP(1, 500, 8_000),
    /** MariaDB, which is a source and a sink, stands still for a while. */
    MARIADB_SUSPEND(1, 500, 8_000),
    /** {@code kill -9} of MariaDB, and a start. */
    MARIADB_KILL(1, 500, 8_000),
    /** PostgreSQL, which is a sink, stands still for a while. */
    POSTGRES_SUSPEND(1, 500, 8_000),
    /** PostgreSQL ends as in a crash, and is started. */
    POSTGRES_KILL(1, 500, 8_000),
    /** The namenode stands still for a while. */
    NAMENODE_SUSPEND(1, 500, 8_000),
    /** {@code kill -9} of the namenode, and a start. */
    NAMENODE_KILL(1, 500, 8_000),
    /** {@code kill -9} of the only datanode, and a start. */
    DATANODE_KILL(1, 500, 8_000),
    /** The resource manager stands still for a while. */
    RESOURCE_MANAGER_SUSPEND(1, 500, 8_000),
    /** {@code kill -9} of the resource manager, and a start. */
    RESOURCE_MANAGER_KILL(1, 500, 8_000),
    /** {@code kill -9} of the only node manager and of its containers, and a start. */
    NODE_MANAGER_KILL(1, 500, 8_000),
    /** The server is stopped or killed, and started as the present version; once, where an earlier one began. */
    UPGRADE(0, 0, 0);

    private final int cards;
    private final int lastsMillisMin;
    private final int lastsMillisMax;

    EventKind(int cards, int lastsMillisMin, int lastsMillisMax) {
        this.cards = cards;
        this.lastsMillisMin = lastsMillisMin;
        this.lastsMillisMax = lastsMillisMax;
    }

    int cards() {
        return cards;
    }

    /** The shortest time from its beginning to its end; 0 where it is an instant. */
    int lastsMillisMin() {
        return lastsMillisMin;
    }

    /** The longest such time. */
    int lastsMillisMax() {
        return lastsMillisMax;
    }

    /** As the log has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
