package io.decant.ingest.deadletter;

import java.nio.ByteBuffer;

/**
 * Letters that are appended and forced together. Each is also in the set of known letters from the moment that it is in
 * the group: a letter that is known and not in the group would be lost, one that is in it and not known would be
 * written twice. Owned by the thread that writes.
 */
final class LetterGroup {

    /** A group ends with the letter that fills it. */
    private static final int BYTES = 1 << 20;

    private final LetterSet known;
    private final LetterBuffer buffer = new LetterBuffer();
    private long letters;

    /** @param known letters that are written, or in the group, of batches that a lane may come to again */
    LetterGroup(LetterSet known) {
        this.known = known;
    }

    boolean isEmpty() {
        return buffer.size() == 0;
    }

    boolean isFull() {
        return buffer.size() >= BYTES;
    }

    long letters() {
        return letters;
    }

    int bytes() {
        return buffer.size();
    }

    /** The letters as lines, for reading. */
    ByteBuffer view() {
        return buffer.view();
    }

    /**
     * Adds a letter, or does nothing.
     *
     * @param bytesMax that the group may have with it
     * @return whether it fits
     */
    boolean add(FiledLetter filed, long bytesMax) {
        int before = buffer.size();
        if ((long) before + filed.letter().bytes() > bytesMax) {
            return false;
        }
        known.add(filed);
        boolean added = false;
        try {
            LetterFormat.write(filed, buffer);
            added = buffer.size() <= bytesMax;
        } finally {
            if (!added) {
                known.remove(filed);
                buffer.truncate(before);
            }
        }
        letters += added ? 1 : 0;
        return added;
    }

    void clear() {
        buffer.clear();
        letters = 0;
    }
}
