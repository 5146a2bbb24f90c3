package io.decant.spark.bucket;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** How much is logged. Stateless. */
final class Logs {

    private Logs() {}

    static void showAll() {
        Configurator.setAllLevels("", Level.INFO);
    }

    /** The command says in one line what went wrong; what Spark and Hadoop have to say about it is for those who ask. */
    static void showNothing() {
        Configurator.setAllLevels("", Level.OFF);
    }
}
