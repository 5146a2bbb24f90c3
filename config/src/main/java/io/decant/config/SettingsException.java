package io.decant.config;

import java.util.List;

/** The settings cannot be used. Carries every problem that was found, in file order; the command line ends with exit status 78. */
public final class SettingsException extends RuntimeException {
    private final transient List<Problem> problems;

    SettingsException(List<Problem> problems) {
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
