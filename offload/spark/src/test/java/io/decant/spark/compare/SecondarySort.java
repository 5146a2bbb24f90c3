package io.decant.spark.compare;

import io.decant.offload.staging.Multiplicities;
import java.io.IOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.openhft.hashing.LongHashFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * What one writes on Spark without Decant: records go by the hash of their key to a task that sorts them by hash and by
 * their place in the input, so equal ones arrive one behind the other, and the count of those before is the bucket. The
 * shuffle has Kryo and bytes.
 *
 * <p>It is spared what the job does besides: checksums of parts, a manifest, order by bucket over all parts of the
 * tail, and directories for attempts, so with a task that fails it would be wrong. Stateless but for its Spark.
 */
final class SecondarySort {

    /** What comes out. */
    enum Order {
        /** The records of a bucket are in the order of their hashes. */
        HASH,
        /**
         * They are in the order of arrival, as the job has them: for that they are sorted once more, by bucket and
         * place.
         */
        ARRIVAL
    }

    private final JavaSparkContext spark;
    private final int partitions;

    /** @param partitions that are sorted, a task each; as many as there are files of input */
    SecondarySort(JavaSparkContext spark, int partitions) {
        this.spark = spark;
        this.partitions = partitions;
    }

    /** Splits the files of {@code input} into {@code output}, which appears by one rename. */
    Multiplicities run(Order order, Path input, Path output) throws IOException {
        Configuration hadoop = spark.hadoopConfiguration();
        Path own = new Path(output.getParent(), "_" + output.getName());
        Broadcast<SerializableConfiguration> conf = spark.broadcast(new SerializableConfiguration(hadoop));
        CollectionAccumulator<Map<Integer, Long>> keys = spark.sc().collectionAccumulator();
        JavaRDD<Tuple2<SortKey, byte[]>> numbered =
                sorted(keyed(input), new Spread(partitions)).mapPartitions(records -> new Occurrences(records, keys));
        (order == Order.HASH
                        ? numbered
                        : sorted(numbered, new Pieces(partitions)).map(record -> record))
                .mapPartitionsWithIndex(
                        (part, records) -> {
                            write(records, own, part, conf.value().value());
                            return List.of(part).iterator();
                        },
                        false)
                .collect();
        conf.destroy();
        if (!own.getFileSystem(hadoop).rename(own, output)) {
            throw new IOException("cannot rename " + own + " to " + output);
        }
        TreeMap<Integer, Long> all = new TreeMap<>();
        keys.value().forEach(part -> part.forEach((times, count) -> all.merge(times, count, Long::sum)));
        return Multiplicities.of(all);
    }

    private JavaRDD<Tuple2<SortKey, byte[]>> keyed(Path input) {
        return spark.newAPIHadoopFile(
                        input.toString(),
                        TextInputFormat.class,
                        LongWritable.class,
                        Text.class,
                        spark.hadoopConfiguration())
                .values()
                .mapPartitionsWithIndex(SecondarySort::keyed, false);
    }

    private static Iterator<Tuple2<SortKey, byte[]>> keyed(int piece, Iterator<Text> lines) {
        LongHashFunction hash = LongHashFunction.xx3();
        return new Iterator<>() {
            private long next = SortKey.sequence(piece);

            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            public Tuple2<SortKey, byte[]> next() {
                byte[] record = lines.next().copyBytes();
                return new Tuple2<>(new SortKey(hash.hashBytes(record), next++), record);
            }
        };
    }

    private JavaPairRDD<SortKey, byte[]> sorted(JavaRDD<Tuple2<SortKey, byte[]>> records, Partitioner partitioner) {
        JavaPairRDD<SortKey, byte[]> sorted = JavaPairRDD.fromJavaRDD(records)
                .repartitionAndSortWithinPartitions(partitioner, Comparator.naturalOrder());
        ((ShuffledRDD<?, ?, ?>) sorted.rdd()).setSerializer(new KryoSerializer(spark.getConf()));
        return sorted;
    }

    private static void write(Iterator<Tuple2<SortKey, byte[]>> records, Path output, int part, Configuration conf)
            throws IOException {
        try (SortOutput out = new SortOutput(output, part, conf)) {
            while (records.hasNext()) {
                Tuple2<SortKey, byte[]> record = records.next();
                out.write((int) record._1().first(), record._2());
            }
        }
    }

    /** Equal records go to the same task, wherever in the input they stand. */
    private static final class Spread extends Partitioner {
        private final int partitions;

        Spread(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return Math.floorMod(((SortKey) key).first(), partitions);
        }
    }

    /** Records go back to the piece of the input that they came in. */
    private static final class Pieces extends Partitioner {
        private final int pieces;

        Pieces(int pieces) {
            this.pieces = pieces;
        }

        @Override
        public int numPartitions() {
            return pieces;
        }

        @Override
        public int getPartition(Object key) {
            return ((SortKey) key).piece();
        }
    }
}
