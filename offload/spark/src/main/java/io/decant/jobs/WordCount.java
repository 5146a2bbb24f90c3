package io.decant.jobs;

import io.decant.job.Batch;
import io.decant.job.BatchJob;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Counts words, which are what stands between white space. Writes a file for each partition, and a line
 * {@code (word,count)} for each word.
 */
public final class WordCount implements BatchJob {

    @Override
    public void run(JavaSparkContext spark, Batch batch) {
        batch.lines()
                .flatMap(line -> Arrays.stream(line.split("\\s+"))
                        .filter(word -> !word.isEmpty())
                        .iterator())
                .mapToPair(word -> new Tuple2<>(word, 1))
                .reduceByKey(Integer::sum)
                .saveAsTextFile(batch.output());
    }
}
