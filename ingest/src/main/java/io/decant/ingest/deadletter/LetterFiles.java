package io.decant.ingest.deadletter;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of the files of letters: those of the days in the folder itself, those of replays in a folder below. */
public final class LetterFiles {

    /** Folder of what is sent again, with the separator. */
    public static final String REPLAY = "replay/";

    static final String LINES = ".ndjson";
    static final String MOVING = ".moving";
    static final String UNFINISHED = ".tmp";

    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}\\.ndjson");
    private static final Pattern OURS = Pattern.compile(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}\\.ndjson(\\.tmp)?|replay/[A-Za-z0-9_-]{1,64}\\.(ndjson|moving|tmp)");

    private LetterFiles() {}

    /** Whether a file is one of dead letters; everything else in the folder belongs to the operator. */
    static boolean isOurs(String name) {
        return OURS.matcher(name).matches();
    }

    static String day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC) + LINES;
    }

    static boolean isDay(String name) {
        return DAY.matcher(name).matches();
    }

    /** The files of days among these, the oldest first. */
    static List<String> days(Collection<String> names) {
        return names.stream().filter(LetterFiles::isDay).sorted().toList();
    }

    /** The file of a replay: letters that are taken out of the days, and only there. */
    public static String replay(String id) {
        return REPLAY + id + LINES;
    }

    static String moving(String id) {
        return REPLAY + id + MOVING;
    }

    /** The id in a name that {@link #moving} made. */
    static String movingId(String file) {
        return file.substring(REPLAY.length(), file.length() - MOVING.length());
    }

    /** The replays among these files by their ids, those included whose letters are still being taken out. */
    public static SortedSet<String> replays(Collection<String> names) {
        SortedSet<String> ids = new TreeSet<>();
        for (String name : names) {
            if (name.startsWith(REPLAY) && (name.endsWith(LINES) || name.endsWith(MOVING))) {
                ids.add(name.substring(REPLAY.length(), name.lastIndexOf('.')));
            }
        }
        return ids;
    }
}
