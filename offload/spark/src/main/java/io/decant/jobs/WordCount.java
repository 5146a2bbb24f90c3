package io.decant.jobs;

import io.decant.job.Batch;
import io.decant.job.BatchJob;
import java.util.Arrays;
import java.util.List;
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
                .flatMap(line -> words(line).iterator())
                .mapToPair(word -> new Tuple2<>(word, 1))
                .reduceByKey(Integer::sum)
                .saveAsTextFile(batch.output());
    }

    /** A line that begins with white space has nothing before it, which is no word. */
    private static List<String> words(String line) {
        String[] words = line.split("\\s+", 0);
        int first = words.length > 0 && words[0].isEmpty() ? 1 : 0;
        return Arrays.asList(words).subList(first, words.length);
    }
}
