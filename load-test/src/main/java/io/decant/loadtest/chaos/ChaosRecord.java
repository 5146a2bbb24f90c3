package io.decant.loadtest.chaos;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A record: a JSON object {@code {"k":key,"s":stream,"n":number,"f":filler}}. Everything follows from stream and
 * number,
 * so that a record that was never sent is noticed, and so is a damaged one. Transforms may remove the filler and add
 * members behind it.
 *
 * @param stream records of one stream are numbered from 0 without a gap
 */
record ChaosRecord(String stream, long number) {

    private static final Pattern TEXT = Pattern.compile("\\{\"k\":\"([^\"]*)\",\"s\":\"([^\"]*)\",\"n\":(\\d{1,18})"
            + "(?:,\"f\":\"([^\"]*)\")?(?:,\"v\":\"[^\"]*\")?\\}");
    private static final int KEYS = 2_000;
    private static final int HOT_KEYS = 3;
    /** One in so many records has a hot key: so a batch has several buckets. */
    private static final int HOT_ONE_IN = 60;

    private static final int FILLER_CHARS_MAX = 80;
    private static final String FILLER = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(4);

    String key() {
        int choice = (int) (hash() >>> 33);
        boolean isHot = choice % HOT_ONE_IN == 0;
        return "key-" + (isHot ? choice / HOT_ONE_IN % HOT_KEYS : HOT_KEYS + choice % KEYS);
    }

    String filler() {
        int from = (int) (hash() & 31);
        return FILLER.substring(from, from + ((int) (hash() >>> 8) & 0xFFFF) % FILLER_CHARS_MAX);
    }

    String json() {
        return "{\"k\":\"" + key() + "\",\"s\":\"" + stream + "\",\"n\":" + number + ",\"f\":\"" + filler() + "\"}";
    }

    /** Finalizer of MurmurHash3. */
    private long hash() {
        long hash = stream.hashCode() * 0x9E3779B97F4A7C15L + number;
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    /** The record that a text is; null if no stream ever has it. */
    static ChaosRecord of(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        ChaosRecord record = new ChaosRecord(parts.group(2), Long.parseLong(parts.group(3)));
        boolean isGenuine = record.key().equals(parts.group(1))
                && (parts.group(4) == null || record.filler().equals(parts.group(4)));
        return isGenuine ? record : null;
    }
}
