package io.decant.ingest.cli;

import ch.qos.logback.classic.spi.IThrowableProxy;

/** An exception in few words. */
final class ExceptionSummary {
    private ExceptionSummary() {}

    /** Class and message of an exception and of what caused it, outermost first. */
    static String summary(IThrowableProxy thrown) {
        StringBuilder summary = new StringBuilder();
        for (IThrowableProxy at = thrown; at != null && !at.isCyclic(); at = at.getCause()) {
            if (at != thrown) {
                summary.append(", caused by ");
            }
            String name = at.getClassName();
            summary.append(name, name.lastIndexOf('.') + 1, name.length());
            if (at.getMessage() != null) {
                summary.append(": ").append(at.getMessage());
            }
        }
        return summary.toString();
    }
}
