package io.decant.loadtest.chaos;

import java.util.List;

/**
 * What changes between two starts of the server.
 *
 * @param isEarlier whether the version is one that knows neither HTTP sources nor databases nor transforms
 * @param hasExtra whether the second HTTP sink is there
 * @param intervalMillis of windows
 * @param maxRecords of a request
 * @param isPacked whether requests are compressed
 * @param transforms a number of {@link #TRANSFORMS}, of the TCP source; Kafka's has the next
 */
record ChaosSettings(
        boolean isEarlier, boolean hasExtra, int intervalMillis, int maxRecords, boolean isPacked, int transforms) {

    /** None of them drops a record, or changes its key, stream or number. */
    private static final List<String> TRANSFORMS = List.of(
            "[]",
            "[json-remove: [/f]]",
            "[json-set: {v: other}]",
            "[trim, drop: empty]",
            "[keep: 'json:/n', json-set: {v: kept}]");

    /** More than batches have as a rule, and less than what piles up while the server stands still. */
    private static final String OFFLOAD_ABOVE = "1MiB";

    private static final List<Integer> INTERVALS_MILLIS = List.of(200, 500, 1_000, 2_000);
    private static final List<Integer> RECORDS_MAX = List.of(50, 500, 5_000);

    /**
     * Where everything is.
     *
     * @param disk the folder of data and files
     * @param postgres {@code host:port}; empty for none
     * @param hdfs uri of the sink on HDFS; empty for none
     * @param hadoopConf of it
     * @param staging uri of the staging for YARN; empty for none
     */
    record Places(
            String disk,
            int tcpPort,
            int httpPort,
            int receiverPort,
            String broker,
            String mariaDb,
            String postgres,
            String hdfs,
            String hadoopConf,
            String staging) {}

    static ChaosSettings first(boolean isEarlier) {
        return new ChaosSettings(isEarlier, false, 500, 500, false, 0);
    }

    /** The next ones, as the event has it; the version stays. */
    ChaosSettings next(ChaosEvent event) {
        return new ChaosSettings(
                isEarlier,
                event.way(4, 2) == 0,
                INTERVALS_MILLIS.get(event.way(6, INTERVALS_MILLIS.size())),
                RECORDS_MAX.get(event.way(9, RECORDS_MAX.size())),
                event.way(12, 2) == 0,
                event.way(14, TRANSFORMS.size()));
    }

    ChaosSettings withExtra() {
        return new ChaosSettings(isEarlier, true, intervalMillis, maxRecords, isPacked, transforms);
    }

    ChaosSettings upgraded() {
        return new ChaosSettings(false, hasExtra, intervalMillis, maxRecords, isPacked, transforms);
    }

    String text() {
        return "interval " + intervalMillis + " ms, max-records " + maxRecords + (isPacked ? ", gzip" : "")
                + ", transforms " + TRANSFORMS.get(transforms) + (hasExtra ? ", with the sink extra" : "");
    }

    String yaml(Places at) {
        String http = "{type: http, url: \"http://127.0.0.1:" + at.receiverPort() + "/%s\", max-records: " + maxRecords
                + ", timeout: 5s, retry-max-delay: 300ms, compression: " + (isPacked ? "gzip" : "none") + "}";
        StringBuilder yaml = new StringBuilder("""
                name: chaos
                data-dir: "%s/data"
                shutdown-timeout: 5s
                journal: {segment-size: 8MiB, min-free: 24MiB}
                batch: {interval: %dms}
                bucket: {key: "json:/k"}
                admin: {address: "127.0.0.1:0"}
                sources:
                  lines: {type: tcp, address: "127.0.0.1:%d", session: required%s}
                  clicks: {type: kafka, bootstrap-servers: "%s", topics: [%s], group-id: chaos, max-record: 1MiB%s}
                """.formatted(
                        at.disk(),
                        intervalMillis,
                        at.tcpPort(),
                        transforms(transforms),
                        at.broker(),
                        PartitionSender.TOPIC,
                        transforms((transforms + 1) % TRANSFORMS.size())));
        if (!isEarlier) {
            yaml.append("""
                      requests: {type: http, address: "127.0.0.1:%d"}
                      shop:
                        {type: mysql, address: "%s", database: source, user: decant, ranges: 4, connections: 2,
                         fetch: 500, max-record: 64KiB,
                         tables: {%s: {columns: [k, s, n, f], incremental: append, check-column: id, interval: 1s}}}
                    """.formatted(at.httpPort(), at.mariaDb(), TableSender.TABLE));
        }
        if (!isEarlier && !at.staging().isEmpty()) {
            yaml.append("""
                    offload:
                      {above: %s, master: yarn, staging: "%s", hadoop-conf: "%s", driver-memory: 512MiB,
                       executor-memory: 512MiB, executor-cores: 1, executor-instances: 1, driver-host: 127.0.0.1,
                       properties: {spark.yarn.report.interval: 200ms}}
                    """.formatted(OFFLOAD_ABOVE, at.staging(), at.hadoopConf()));
        }
        yaml.append("sinks:\n  api: ").append(http.formatted("api")).append('\n');
        yaml.append("  files: {type: hdfs, uri: \"file://" + at.disk() + "/files\", max-bucket-dirs: 2}\n");
        if (!at.hdfs().isEmpty()) {
            yaml.append("  cluster: {type: hdfs, uri: \"" + at.hdfs() + "\", hadoop-conf: \"" + at.hadoopConf()
                    + "\", max-bucket-dirs: 1}\n");
        }
        if (hasExtra) {
            yaml.append("  extra: ").append(http.formatted("extra")).append('\n');
        }
        if (!isEarlier) {
            yaml.append(table("rows", "mariadb://" + at.mariaDb()));
            if (!at.postgres().isEmpty()) {
                yaml.append(table("history", "postgresql://" + at.postgres()));
            }
        }
        return yaml.toString();
    }

    private String table(String sink, String address) {
        return """
                  %s: {type: jdbc, url: "jdbc:%s/sink", user: decant, table: %s, mode: insert,
                       columns: {k: /k, s: /s, n: /n}, max-records: %d, timeout: 10s, retry-max-delay: 300ms}
                """.formatted(sink, address, DeliveredRows.TABLE, maxRecords);
    }

    private String transforms(int number) {
        return isEarlier ? "" : ", transforms: " + TRANSFORMS.get(number);
    }
}
