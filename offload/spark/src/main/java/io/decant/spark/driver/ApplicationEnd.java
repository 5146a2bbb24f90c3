package io.decant.spark.driver;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;

/** Notices that Spark's application has ended, for whatever reason: somebody may have killed it. */
final class ApplicationEnd extends SparkListener {

    private final Runnable then;

    ApplicationEnd(Runnable then) {
        this.then = then;
    }

    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd event) {
        then.run();
    }
}
