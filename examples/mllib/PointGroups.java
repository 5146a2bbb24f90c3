import io.decant.job.Batch;
import io.decant.job.BatchJob;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.clustering.KMeans;
import org.apache.spark.mllib.clustering.KMeansModel;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;

/**
 * Trains a model on the points of a batch and scores them with it: groups points that lie near each other (k-means of
 * Spark's MLlib). A record is a point, its coordinates with commas between them.
 *
 * <p>Writes {@code centers}, a line with the coordinates of each group's center, and {@code groups}, a line for each
 * point: the number of its group, a tab, and the record. Setting: {@code groups}, how many, by default 2.
 */
public class PointGroups implements BatchJob {

    private static final int ITERATIONS_MAX = 20;
    private static final long SEED = 1;

    @Override
    public void run(JavaSparkContext spark, Batch batch) {
        int groups = Integer.parseInt(batch.settings().getOrDefault("groups", "2"));
        JavaRDD<String> records = batch.lines().filter(line -> !line.isBlank());
        JavaRDD<Vector> points = records.map(PointGroups::point).cache();
        // Always the same seed: an attempt that is repeated makes the same groups.
        KMeansModel model = KMeans.train(points.rdd(), groups, ITERATIONS_MAX, KMeans.K_MEANS_PARALLEL(), SEED);
        List<String> centers =
                Arrays.stream(model.clusterCenters()).map(PointGroups::text).toList();
        spark.parallelize(centers, 1).saveAsTextFile(batch.output() + "/centers");
        records.map(record -> model.predict(point(record)) + "\t" + record).saveAsTextFile(batch.output() + "/groups");
        points.unpersist();
    }

    private static Vector point(String record) {
        return Vectors.dense(Arrays.stream(record.split(","))
                .mapToDouble(Double::parseDouble)
                .toArray());
    }

    private static String text(Vector point) {
        StringBuilder text = new StringBuilder();
        for (double coordinate : point.toArray()) {
            text.append(text.length() == 0 ? "" : ",").append(coordinate);
        }
        return text.toString();
    }
}
