package io.decant.ingest.sink;

import io.decant.offload.retry.DoublingDelay;
import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a part waits before it is sent again: a {@link DoublingDelay} with full jitter, or what the receiver asks
 * for by {@code Retry-After} (RFC 9110, 10.2.3). Both end at the cap.
 */
public final class BackOff {

    /** Upper end of the first delay. */
    static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Pattern SECONDS = Pattern.compile("([0-9]+)(?:\\.([0-9]*))?");
    private static final int NANO_DIGITS = 9;

    private final long capNanos;
    private final DoublingDelay delay;
    private final RandomGenerator random;
    private final InstantSource clock;

    /**
     * @param cap longest delay, more than 0
     * @param clock what a date in {@code Retry-After} is compared with
     */
    public BackOff(Duration cap, RandomGenerator random, InstantSource clock) {
        this.capNanos = saturatedNanos(cap);
        this.delay = new DoublingDelay(BASE_NANOS, capNanos);
        this.random = random;
        this.clock = clock;
    }

    /**
     * Draws the wait of a part.
     *
     * @param failures how often the part has failed, at least 1
     * @return nanoseconds from 0 to the cap
     */
    public long delayNanos(int failures) {
        return delay.jitteredNanos(failures, random);
    }

    /**
     * What the receiver asks for.
     *
     * @param retryAfter value of the header, seconds (with a fraction, as some send them) or a date
     * @return nanoseconds up to the cap; 0 where it asks for nothing: no such header, one that cannot be read, no
     *     seconds, a date that is past (perhaps only because its clock is behind ours)
     */
    public long askedNanos(String retryAfter) {
        String value = retryAfter.trim();
        if (value.isEmpty()) {
            return 0;
        }
        Matcher seconds = SECONDS.matcher(value);
        if (seconds.matches()) {
            String whole = seconds.group(1);
            // More digits than a long takes are more seconds than any cap.
            return whole.length() > 18
                    ? capNanos
                    : cappedNanos(Duration.ofSeconds(Long.parseLong(whole), nanosUp(seconds.group(2))));
        }
        Date date = DateFormatter.parseHttpDate(value);
        return date == null ? 0 : cappedNanos(Duration.between(clock.instant(), date.toInstant()));
    }

    /** Of the digits behind the point, rounded up; 0 where there are none. */
    private static long nanosUp(String fraction) {
        if (fraction == null) {
            return 0;
        }
        long nanos = Long.parseLong((fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS));
        boolean more = fraction.length() > NANO_DIGITS
                && fraction.chars().skip(NANO_DIGITS).anyMatch(digit -> digit != '0');
        return more ? nanos + 1 : nanos;
    }

    private long cappedNanos(Duration asked) {
        return asked.isNegative() ? 0 : Math.min(capNanos, saturatedNanos(asked));
    }

    private static long saturatedNanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }
}
