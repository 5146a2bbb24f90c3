package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code admin.users}: what it reads, refuses and never shows. */
class AdminUserSettingsTest {

    private static final String HASH = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void shouldReadUsersInTheirOrder() {
        Settings settings = Yaml.load(
                Yaml.LEAST,
                Map.of("TOKEN", "hunter2"),
                "admin.users={ops: {token: '${TOKEN}', may: operate}, dashboard: {token: '" + HASH + "'}}");

        assertThat(List.copyOf(settings.admin().users().keySet())).containsExactly("ops", "dashboard");
        assertThat(settings.admin().users().get("ops"))
                .isEqualTo(new AdminUserSettings(new Secret("hunter2"), Optional.empty(), "", AdminRight.OPERATE));
        assertThat(settings.admin().users().get("dashboard").may()).isEqualTo(AdminRight.READ);
        assertThat(SettingsPrinter.print(settings)).doesNotContain("hunter2", "ba7816bf");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {} | admin.users: has no entry
            {ops: {}} | admin.users.ops.token: is required; give it a value, or set token-file
            {ops: {may: operate}} | admin.users.ops.token: is required
            {ops: {token: ''}} | admin.users.ops.token: is required
            {ops: {token: two words}} | admin.users.ops.token: <hidden> is not a token
            {ops: {token: a, may: all}} | admin.users.ops.may: 'all' is not one of the choices; write read or operate
            {ops: {token: a, token-file: none}} | is set together with token
            {ops: {token-file: none}} | admin.users.ops.token-file: '/etc/decant/none' does not exist
            {ops: {token: a}, o2: {token: a}} | is the same token as admin.users.ops.token
            {o.p: {token: a}} | is not a name
            {ops: {certificate: edge-7}} | admin.users.ops.certificate: 'edge-7' has no effect: clients are not asked for a certificate
            {ops: {tokn: a}} | admin.users.ops.tokn: unknown key; did you mean 'token'?
            """)
    void shouldTellWhatIsWrong(String users, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST, "admin.users=" + users))
                .isNotEmpty()
                .anySatisfy(problem -> assertThat(problem).contains(expected));
    }
}
