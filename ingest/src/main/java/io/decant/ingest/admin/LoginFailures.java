package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often each address has shown a token that is nobody's. After {@value #FAILURES_MAX} of them within a minute, no
 * further one of it is looked at until that minute is over. IPv6 addresses with the same first 64 bits count as one.
 * Safe from any thread.
 */
final class LoginFailures {

    /** Of one address in a minute. */
    static final int FAILURES_MAX = 10;

    /** Beyond it the one that has begun first is forgotten. */
    static final int ADDRESSES_MAX = 1_024;

    /** Addresses that are logged in a minute. */
    private static final int LOGGED_MAX = 10;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int IPV6_NETWORK_BYTES = 8;

    private static final Logger log = LoggerFactory.getLogger(LoginFailures.class);

    /** The failures of an address since its first. */
    private static final class Window {
        private final long beganNanos;
        private int failures;

        Window(long beganNanos) {
            this.beganNanos = beganNanos;
        }
    }

    private final LongSupplier nanoTime;
    /** The one that has begun first comes first. */
    private final Map<String, Window> windows = new LinkedHashMap<>();

    private long total;
    private long loggedSinceNanos;
    private int logged;

    /** @param nanoTime as {@link System#nanoTime} */
    LoginFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.loggedSinceNanos = nanoTime.getAsLong();
    }

    /** For how many seconds nothing of that address is looked at; empty where it is. */
    synchronized OptionalLong blockedSeconds(InetAddress address) {
        long now = nanoTime.getAsLong();
        forgetOlder(now);
        Window window = windows.get(network(address));
        if (window == null || window.failures < FAILURES_MAX) {
            return OptionalLong.empty();
        }
        long left = WINDOW_NANOS - (now - window.beganNanos);
        return OptionalLong.of(Math.max(1, TimeUnit.NANOSECONDS.toSeconds(left)));
    }

    /** Somebody there has shown what is nobody's. */
    synchronized void failed(InetAddress address) {
        long now = nanoTime.getAsLong();
        forgetOlder(now);
        total++;
        String network = network(address);
        Window window = windows.get(network);
        if (window == null) {
            if (windows.size() == ADDRESSES_MAX) {
                Iterator<Window> oldest = windows.values().iterator();
                oldest.next();
                oldest.remove();
            }
            window = new Window(now);
            windows.put(network, window);
        }
        window.failures++;
        say(address, window.failures, now);
    }

    private void say(InetAddress address, int failures, long now) {
        if (failures != 1 && failures != FAILURES_MAX) {
            return;
        }
        if (now - loggedSinceNanos >= WINDOW_NANOS) {
            loggedSinceNanos = now;
            logged = 0;
        }
        if (logged++ >= LOGGED_MAX) {
            return;
        }
        String from = PrintableText.of(address.getHostAddress());
        if (failures == 1) {
            log.warn("admin: a login from {} failed: no user has that token", from);
        } else {
            log.warn(
                    "admin: {} logins from {} failed within a minute; no more are looked at for its rest",
                    failures,
                    from);
        }
    }

    /** Since the start. */
    synchronized long total() {
        return total;
    }

    private void forgetOlder(long now) {
        Iterator<Window> oldest = windows.values().iterator();
        while (oldest.hasNext() && now - oldest.next().beganNanos >= WINDOW_NANOS) {
            oldest.remove();
        }
    }

    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? "6" + Arrays.toString(Arrays.copyOf(bytes, IPV6_NETWORK_BYTES))
                : "4" + Arrays.toString(bytes);
    }
}
