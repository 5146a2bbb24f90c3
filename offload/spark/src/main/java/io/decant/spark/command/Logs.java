package io.decant.spark.command;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** How much is logged. Stateless. */
public final class Logs {

    private Logs() {}

    /** Without a wish for all, the command says in one line what went wrong, and nobody else says anything. */
    public static void show(boolean all) {
        Configurator.setAllLevels("", all ? Level.INFO : Level.OFF);
    }
}
