package io.decant.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one entry under {@code sources}; its {@code type} decides which. What another section or another
 * module must know of them is asked here, not by the class.
 */
public interface SourceSettings extends ComponentSettings {

    /** Longest record that the source takes. */
    DataSize maxRecord();

    /** Where the source listens; empty where it listens nowhere, but connects to others. */
    default Optional<HostPort> listensAt() {
        return Optional.empty();
    }

    /** The same with paths as seen from the folder of the settings file. */
    default SourceSettings relativeTo(Path folder) {
        return this;
    }

    /**
     * What does not fit together, of these settings and of the section {@code journal}.
     *
     * @param path dotted key of the source
     */
    List<Conflict> conflicts(String path, JournalSettings journal);

    /**
     * What is wrong with files that these settings name; for settings whose paths are absolute.
     *
     * @param path dotted key of the source
     */
    default List<Conflict> fileConflicts(String path) {
        return List.of();
    }
}
