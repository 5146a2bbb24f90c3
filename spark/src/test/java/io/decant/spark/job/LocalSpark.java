package io.decant.spark.job;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** One Spark for all tests of this JVM, with two threads; there can be no second one. It ends with the JVM. */
final class LocalSpark {

    private static final JavaSparkContext CONTEXT = new JavaSparkContext(new SparkConf(false)
            .setMaster("local[2]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1"));

    private LocalSpark() {}

    static JavaSparkContext context() {
        return CONTEXT;
    }
}
