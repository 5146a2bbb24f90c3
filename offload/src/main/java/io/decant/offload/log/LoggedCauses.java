package io.decant.offload.log;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Which causes of a trouble the log has: something fails and is tried again, and the log is told once of each cause,
 * not of each try. Causes are told apart by their kind, which names what failed without what differs from one try to
 * the next. Once it works again each may be logged again, but trouble that comes and goes is logged no more often than
 * every {@value #AGAIN_SECONDS} s, unless its cause is a new one.
 *
 * <p>For one thread, or guarded by its owner.
 */
public final class LoggedCauses {

    private static final long AGAIN_SECONDS = 10;

    /** Trouble that comes and goes is logged no more often than this. */
    public static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(AGAIN_SECONDS);

    /**
     * Of more causes than this, one after another, none is logged before it works again: each try might have its own.
     */
    public static final int CAUSES_MAX = 8;

    /** A word with a digit in it: a count, an address, the name of one file among many. */
    private static final Pattern NUMBER = Pattern.compile("\\b\\w*\\d\\w*");

    private final Set<String> kinds = new HashSet<>();
    private boolean told;
    private long againFromNanos = Long.MIN_VALUE;

    /** The kind of a cause that is told in words: its first line without numbers, names with digits included. */
    public static String kind(String text) {
        return NUMBER.matcher(text.lines().findFirst().orElse("")).replaceAll("#");
    }

    /** The same of an exception: its class and message. */
    public static String kind(Throwable cause) {
        return kind(cause.toString());
    }

    /** It fails: whether the log is to be told, which counts as done. */
    public boolean failed(String kind, long nowNanos) {
        boolean isDue = !told && mayRepeat(nowNanos);
        if (!isDue && !isNew(kind)) {
            return false;
        }
        logged(kind, nowNanos);
        return true;
    }

    /** It works: whether the log was told that it fails, and is to be told that it does no longer. */
    public boolean works(long nowNanos) {
        forget(nowNanos);
        boolean wasTold = told;
        told = false;
        return wasTold;
    }

    /** Whether the log has not been told of this cause, and may be. */
    public boolean isNew(String kind) {
        return kinds.size() < CAUSES_MAX && !kinds.contains(kind);
    }

    /** Whether a cause that the log has may be logged again. */
    public boolean mayRepeat(long nowNanos) {
        return nowNanos >= againFromNanos;
    }

    /** The log is told of this cause. */
    public void logged(String kind, long nowNanos) {
        if (kinds.size() < CAUSES_MAX) {
            kinds.add(kind);
        }
        told = true;
        againFromNanos = nowNanos + AGAIN_NANOS;
    }

    /** Has every cause be new again, if that is long enough ago. */
    public void forget(long nowNanos) {
        if (mayRepeat(nowNanos)) {
            kinds.clear();
        }
    }
}
