package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminRight;
import io.decant.config.AdminUserSettings;
import io.decant.config.Secret;
import io.decant.ingest.users.Users;
import io.decant.ingest.users.UsersException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What logins may cost: sessions, and addresses whose failures are counted. */
class LoginBoundsTest {

    private static final int USERS = 40;

    private long nanoTime;
    private AdminUsers users;
    private LoginSessions sessions;
    private LoginFailures failures;

    @BeforeEach
    void make() throws UsersException {
        Map<String, AdminUserSettings> settings = new LinkedHashMap<>();
        for (int i = 0; i < USERS; i++) {
            settings.put("user" + i, AdminUserSettings.of("token" + i, AdminRight.READ));
        }
        users = new AdminUsers(settings, Users.of("admin", AdminUserSettings.tokens(settings)), Secret.NONE);
        sessions = new LoginSessions(users, new Random(1), () -> nanoTime);
        failures = new LoginFailures(() -> nanoTime);
    }

    private String begin(int user) {
        nanoTime++;
        byte[] digest = AdminUsers.digest("token" + user);
        return sessions.begin(users.ofDigest(digest).orElseThrow(), digest);
    }

    @Test
    void shouldEndTheSessionOfTheUserThatWasNotUsedForLongest() {
        String others = begin(1);
        String first = begin(0);
        String second = begin(0);
        for (int i = 2; i < LoginSessions.OF_USER_MAX; i++) {
            begin(0);
        }
        assertThat(sessions.user(first)).contains(new AdminUser("user0", AdminRight.READ));

        String last = begin(0);

        assertThat(sessions.user(second)).isEmpty();
        assertThat(sessions.user(first)).isPresent();
        assertThat(sessions.user(last)).isPresent();
        assertThat(sessions.user(others)).isPresent();
    }

    @Test
    void shouldKeepABoundedNumberOfAll() {
        for (int user = 0; user < USERS; user++) {
            for (int i = 0; i < LoginSessions.OF_USER_MAX; i++) {
                begin(user);
            }
        }
        assertThat(sessions.count()).isEqualTo(LoginSessions.SESSIONS_MAX);

        nanoTime += LoginSessions.IDLE_NANOS_MAX;
        begin(0);
        assertThat(sessions.count()).isEqualTo(1);
    }

    @Test
    void shouldForgetTheAddressWhoseMinuteHasBegunFirst() throws UnknownHostException {
        for (int i = 0; i < LoginFailures.FAILURES_MAX; i++) {
            failures.failed(address(0));
        }
        assertThat(failures.blockedSeconds(address(0))).hasValue(60);
        for (int i = 1; i < LoginFailures.ADDRESSES_MAX; i++) {
            failures.failed(address(i));
        }
        assertThat(failures.blockedSeconds(address(0))).isPresent();

        failures.failed(address(LoginFailures.ADDRESSES_MAX));

        assertThat(failures.blockedSeconds(address(0))).isEmpty();
        assertThat(failures.total()).isEqualTo(LoginFailures.FAILURES_MAX + LoginFailures.ADDRESSES_MAX);
    }

    @Test
    void shouldBlockNoLongerThanAMinute() throws UnknownHostException {
        for (int i = 0; i < LoginFailures.FAILURES_MAX; i++) {
            failures.failed(address(7));
        }
        nanoTime += TimeUnit.SECONDS.toNanos(59);
        assertThat(failures.blockedSeconds(address(7))).hasValue(1);
        assertThat(failures.blockedSeconds(address(8))).isEmpty();

        nanoTime += TimeUnit.SECONDS.toNanos(1);
        assertThat(failures.blockedSeconds(address(7))).isEmpty();
    }

    @Test
    void shouldCountANetworkOfIpv6AsOneAddress() throws UnknownHostException {
        for (int i = 0; i < LoginFailures.FAILURES_MAX; i++) {
            failures.failed(InetAddress.getByName("2001:db8::" + i));
        }

        assertThat(failures.blockedSeconds(InetAddress.getByName("2001:db8::ffff")))
                .isPresent();
        assertThat(failures.blockedSeconds(InetAddress.getByName("2001:db8:0:1::1")))
                .isEmpty();
    }

    private static InetAddress address(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    }
}
