package io.decant.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.decant.bucketer.KeySpec;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.spark.job.BucketJob.JobPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With several keys, one task holds all that come more than once: as many as it has a bound for. */
@Tag("slow")
class RepeatedKeysTest {

    /** Three keys that come more than once. */
    private static final String LINES = "1,a,0\n1,b,1\n2,a,2\n3,b,3\n4,c,4\n";

    @TempDir
    Path temp;

    @Test
    void shouldFailByNameWithMoreKeysThatRepeatThanOneTaskCanHold() throws IOException {
        JobPlan plan = plan(List.of("csv:1", "csv:2"));
        assertThatIOException()
                .isThrownBy(() -> new BucketJob(LocalSpark.context(), 2).run(plan))
                .withMessage("several keys: 3 keys come more than once in the batch, and one task of the job can hold 2"
                        + " of them; cut smaller batches, or leave out the key that repeats most");
        assertThat(new BucketJob(LocalSpark.context(), 3)
                        .run(plan)
                        .multiplicities()
                        .buckets())
                .isEqualTo(3);
    }

    @Test
    void shouldHaveNoSuchBoundWithOneKey() throws IOException {
        assertThat(new BucketJob(LocalSpark.context(), 0)
                        .run(plan(List.of("csv:2")))
                        .multiplicities()
                        .buckets())
                .isEqualTo(2);
    }

    private JobPlan plan(List<String> keys) throws IOException {
        Path lines = Files.writeString(temp.resolve("lines"), LINES);
        String output = Files.createDirectories(temp.resolve("out")).toUri().toString();
        JavaSparkContext spark = LocalSpark.context();
        FileStatus file = FileSystem.getLocal(spark.hadoopConfiguration())
                .getFileStatus(new org.apache.hadoop.fs.Path(lines.toUri()));
        LineInput input = new LineInput(spark.hadoopConfiguration(), new BlockFileLimits(8, 100));
        SinkPlan sink = new SinkPlan("", "", FileFormat.LINES, FileCompression.NONE, 64);
        return new JobPlan(
                new KeyRule(KeySpec.parse(keys).toString(), "record", 0),
                input.segments(spark, input.cut(List.of(file), Set.of()), output),
                List.of(sink),
                false,
                output);
    }
}
