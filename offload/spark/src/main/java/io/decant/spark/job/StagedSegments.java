package io.decant.spark.job;

import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagedFile;
import io.decant.offload.staging.StagingFormatException;
import io.decant.spark.job.Segment.NumberedSegment;
import io.decant.spark.job.Segment.StagedFileSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** The pieces that a staged batch lies in. Stateless. */
final class StagedSegments {

    private StagedSegments() {}

    /**
     * Reads what a staged batch says of itself.
     *
     * @param staged the batch's directory
     * @throws StagingFormatException where there is none
     */
    static StagedBatch batch(FileSystem filesystem, Path staged) throws IOException {
        Path file = new Path(staged, StagedBatch.FILE_NAME);
        if (!filesystem.exists(file)) {
            throw new StagingFormatException(staged + " is no staged batch");
        }
        try (InputStream in = filesystem.open(file)) {
            return StagedBatch.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The segments of a staged batch, in order of arrival. */
    static List<Segment> of(FileSystem filesystem, Path staged, StagedBatch batch) throws IOException {
        Map<String, FileStatus> found = new HashMap<>();
        for (FileStatus status : filesystem.listStatus(staged)) {
            found.put(status.getPath().getName(), status);
        }
        List<Segment> segments = new ArrayList<>();
        for (StagedFile file : batch.files()) {
            FileStatus status = found.get(file.name());
            if (status == null) {
                throw new StagingFormatException(
                        new Path(staged, file.name()) + " is named by " + StagedBatch.FILE_NAME + " and is not there");
            }
            segments.add(
                    new StagedFileSegment(staged.toString(), file, BlockHosts.of(filesystem, status, 0, file.bytes())));
        }
        return segments;
    }

    /** A partition each, where it lies. */
    static JavaRDD<NumberedSegment> rdd(JavaSparkContext spark, List<Segment> segments) {
        List<Tuple2<NumberedSegment, Seq<String>>> located = new ArrayList<>();
        for (Segment segment : segments) {
            located.add(new Tuple2<>(
                    new NumberedSegment(located.size(), segment),
                    CollectionConverters.asScala(segment.hosts()).toList()));
        }
        return spark.sc()
                .makeRDD(
                        CollectionConverters.asScala(located).toList(),
                        ClassTag$.MODULE$.<NumberedSegment>apply(NumberedSegment.class))
                .toJavaRDD();
    }
}
