package io.decant.spark.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.spark.job.LocalSpark;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.Tuple2;

/** How far a job of the user's is, as Spark tells of it. */
@Tag("slow")
@Timeout(60)
class JobProgressTest {

    private final JavaSparkContext spark = LocalSpark.context();
    private final List<DriverAnswer> told = new CopyOnWriteArrayList<>();
    private final JobProgress progress = JobProgress.ofUser("words", told::add, () -> 0);

    @AfterEach
    void remove() {
        spark.sc().removeSparkListener(progress);
    }

    private static DriverAnswer at(int stage, int stages, int tasks, int done) {
        return new DriverAnswer.Progress("words", stage, stages, tasks, done, 0);
    }

    private void awaitEvents() throws Exception {
        spark.sc().listenerBus().waitUntilEmpty(30_000);
    }

    @Test
    void shouldCountTheStagesOfWhateverTheJobAsksFor() throws Exception {
        spark.sc().addSparkListener(progress);
        List<Tuple2<String, Integer>> words = spark.parallelize(List.of("apple", "pear", "apple"), 3)
                .mapToPair(word -> new Tuple2<>(word, 1))
                .reduceByKey(Integer::sum, 2)
                .collect();
        assertThat(words).hasSize(2);
        awaitEvents();
        assertThat(told).containsExactly(at(1, 2, 3, 0), at(1, 2, 3, 3), at(2, 2, 2, 0), at(2, 2, 2, 2));

        told.clear();
        assertThat(spark.parallelize(List.of(1, 2, 3, 4), 4).count()).isEqualTo(4);
        awaitEvents();
        assertThat(told).containsExactly(at(3, 3, 4, 0), at(3, 3, 4, 4));

        told.clear();
        progress.end();
        assertThat(spark.parallelize(List.of(1), 1).count()).isEqualTo(1);
        awaitEvents();
        assertThat(told).isEmpty();
    }
}
