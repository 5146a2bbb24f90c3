package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Large batches on a standalone cluster of Spark's over a real HDFS. */
class StandaloneOffloadIT extends OffloadFixture {

    @Test
    void shouldMakeTheSameBucketsAsInMemory() throws Exception {
        try (StandaloneSpark spark = new StandaloneSpark(Files.createDirectories(folder.resolve("spark")))) {
            start(spark.master(), root);
            Command validate =
                    Command.run("validate", "-c", server.settings().toString(), "--connect", "--batch-size", "12MiB");
            assertThat(validate.status()).as(validate.err()).isZero();
            assertThat(validate.out().lines())
                    .contains("# Spark at " + spark.master())
                    .anyMatch(line -> line.matches("# {3}in all, 2 workers +2,600 MiB +[0-9,]+ MiB +2 +[0-2]"))
                    .contains("# a batch of 12MiB: 3 tasks over 2 executors of 1 core, in 2 waves");
            List<List<String>> batches = List.of(plain(1), hotKey(2));
            for (List<String> batch : batches) {
                Lines.send(server.port(), batch);
            }
            server.awaitDelivered("archive", batches.size(), PATIENCE);
            assertThat(server.batch(1).orElseThrow().getString("where")).isEqualTo("spark");
            assertThat(server.stop()).as("%s", server.lastLines()).isZero();
            assertDelivered(batches);
        }
    }

    @Test
    void shouldSayThatNoMasterAnswers() throws Exception {
        start("spark://127.0.0.1:1", root);
        Lines.send(server.port(), plain(3));
        awaitReason("spark://127.0.0.1:1 cannot be asked: no active master: 127.0.0.1:1 does not answer: ");
        assertThat(server.stop()).isZero();
    }
}
