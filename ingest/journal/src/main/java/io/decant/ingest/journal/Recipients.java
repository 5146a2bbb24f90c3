package io.decant.ingest.journal;

/**
 * The sinks that a batch is for: all that the settings name, or, where dead letters go out again, the one that refused
 * them.
 *
 * <p>The source of its streams says which, so that blocks which a crash left uncut still know it. The source of a
 * replay is {@code dlq/} and the sink's name, or {@code dlq/} alone for letters that no sink refused, or {@code dlq//}
 * and a source's name for those that go through its transforms; sinks and sources of the settings have no slash in
 * their names. A batch never holds blocks for one sink beside blocks for others.
 *
 * @param replay source of the streams that are replayed; empty where none is
 */
public record Recipients(String replay) {

    /** What comes from the sources of the settings is for every sink. */
    public static final Recipients EVERY_SINK = new Recipients("");

    private static final String PREFIX = "dlq/";
    private static final String THROUGH_TRANSFORMS = PREFIX + "/";

    public static Recipients of(StreamId stream) {
        return isReplay(stream) ? new Recipients(stream.source()) : EVERY_SINK;
    }

    /** Whether dead letters go out again in this stream. */
    public static boolean isReplay(StreamId stream) {
        return stream.source().startsWith(PREFIX);
    }

    /**
     * The stream in which letters of one sink go out again.
     *
     * @param sink that refused them; empty for letters that go to every sink; a slash and a source's name for those
     *     that go through its transforms before
     * @param plan what tells this replay from all others, ever
     */
    public static StreamId replayStream(String sink, String plan) {
        return new StreamId(PREFIX + sink, plan, true);
    }

    /** The source of the settings whose transforms the records of a source of the journal go through. */
    public static String sourceOf(String source) {
        return source.startsWith(THROUGH_TRANSFORMS) ? source.substring(THROUGH_TRANSFORMS.length()) : source;
    }

    /** Whether the sink of this name is one of them. */
    public boolean include(String sink) {
        return replay.length() <= PREFIX.length() || replay.startsWith(THROUGH_TRANSFORMS) || isOnly(sink);
    }

    /** Whether the sink of this name is the only one, whatever others there are. */
    public boolean isOnly(String sink) {
        return replay.equals(PREFIX + sink);
    }
}
