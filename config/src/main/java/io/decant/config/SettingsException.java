package io.decant.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The settings cannot be used. Carries every problem that was found, in file order, those of {@code --set} last; its
 * message is one line for each. The command line prints them and ends with exit status 78.
 */
public final class SettingsException extends RuntimeException {
    private final transient List<Problem> problems;

    SettingsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
