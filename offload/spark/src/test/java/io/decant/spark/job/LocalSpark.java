package io.decant.spark.job;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One Spark for all tests of this JVM, with two threads; there can be no second one. A task may fail twice, as on a
 * cluster. It ends with the JVM.
 */
public final class LocalSpark {

    private static final JavaSparkContext CONTEXT = new JavaSparkContext(new SparkConf(false)
            .setMaster("local[2,3]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName())
            .set("spark.hadoop.fs.AbstractFileSystem.flaky.impl", FlakyFileSystem.Abstract.class.getName())
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1"));

    private LocalSpark() {}

    public static JavaSparkContext context() {
        return CONTEXT;
    }
}
