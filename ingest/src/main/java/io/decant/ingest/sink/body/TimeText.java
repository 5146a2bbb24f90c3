package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Times as ISO 8601 in UTC with milliseconds, {@code 2026-11-21T00:00:00.123Z}, from milliseconds since the epoch. The
 * date is formatted again only when the day changes. Owned by one thread.
 */
final class TimeText {

    private static final int DAY_MILLIS = 86_400_000;
    private static final int MINUTE_MILLIS = 60_000;
    private static final int HOUR_MINUTES = 60;
    /** Of {@code T00:00:00.123Z}. */
    private static final int TIME_BYTES = 14;

    private long day;
    private byte[] date = text(0);

    private static byte[] text(long epochDay) {
        return LocalDate.ofEpochDay(epochDay).toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** How many bytes {@link #put} writes. */
    int bytes(long epochMillis) {
        turnTo(Math.floorDiv(epochMillis, DAY_MILLIS));
        return date.length + TIME_BYTES;
    }

    private void turnTo(long epochDay) {
        if (epochDay != day) {
            date = text(epochDay);
            day = epochDay;
        }
    }

    /** Writes a time; returns the address behind it. */
    long put(long epochMillis, long to) {
        turnTo(Math.floorDiv(epochMillis, DAY_MILLIS));
        Memory.copyFromArray(date, 0, date.length, to);
        int millis = Math.floorMod(epochMillis, DAY_MILLIS);
        int minutes = millis / MINUTE_MILLIS;
        long at = to + date.length;
        at = twoDigits('T', minutes / HOUR_MINUTES, at);
        at = twoDigits(':', minutes % HOUR_MINUTES, at);
        at = twoDigits(':', millis % MINUTE_MILLIS / 1000, at);
        at = twoDigits('.', millis % 1000 / 10, at);
        Memory.putByte(at, (byte) ('0' + millis % 10));
        Memory.putByte(at + 1, (byte) 'Z');
        return at + 2;
    }

    private static long twoDigits(char before, int number, long to) {
        Memory.putByte(to, (byte) before);
        Memory.putByte(to + 1, (byte) ('0' + number / 10));
        Memory.putByte(to + 2, (byte) ('0' + number % 10));
        return to + 3;
    }
}
