package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminRight;
import io.decant.config.AdminUserSettings;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.Keys;

/** The live page behind users, in a real browser, by the keyboard alone. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageLoginTest {

    private static final String TOKEN = "operators-token";

    private PageBrowser browser;
    private AdminFixture fixture;

    @BeforeAll
    void startBrowser() throws IOException {
        browser = PageBrowser.start();
    }

    @AfterAll
    void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() {
        browser.reset(1280, 900);
        fixture = new AdminFixture()
                .below("/tools/decant")
                .user("ops", AdminUserSettings.of(TOKEN, AdminRight.OPERATE))
                .start();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private String url(String path) {
        return "http://" + fixture.address() + "/tools/decant" + path;
    }

    /** Where the browser is, and whether the page is complete. */
    private void awaitPath(String path) {
        browser.await("location.pathname === '/tools/decant" + path + "' && document.readyState === 'complete'");
    }

    private void logIn(String name, String token) {
        browser.tabTo("#name");
        browser.type(name);
        browser.press(Keys.TAB);
        browser.type(token);
        browser.press(Keys.ENTER);
    }

    @Test
    void shouldShowThePageToWhoHasLoggedInAndToNobodyElse() {
        browser.show(url("/"));
        awaitPath("/login");
        assertThat(browser.value("document.activeElement.id"))
                .as("ready to be typed")
                .isEqualTo("token");
        assertThat(browser.value("document.activeElement.type")).isEqualTo("password");
        assertThat(browser.value("document.getElementById('health')")).isNull();

        logIn("ops", "a-wrong-token");
        browser.await("document.querySelector('[role=alert]')");
        assertThat(browser.text("[role=alert]")).isEqualTo("no user has that token");
        assertThat(browser.text("body")).doesNotContain("a-wrong-token");
        // The browser tells of the status 401 itself; nothing else has gone wrong.
        assertThat(browser.problems())
                .allMatch(problem -> problem.contains("/tools/decant/login") && problem.contains("401"));

        logIn("ops", TOKEN);
        awaitPath("/");
        browser.await("document.getElementById('connection').textContent === 'Live'");
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        assertThat(browser.value("document.cookie")).as("no script sees it").isEqualTo("");
        assertThat(browser.problems()).isEmpty();

        browser.tabTo("#logout");
        assertThat(browser.value("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        browser.press(Keys.ENTER);
        awaitPath("/login");
        browser.show(url("/"));
        awaitPath("/login");
        assertThat(browser.value("document.getElementById('health')")).isNull();
    }

    /** What a browser shows again by itself must not show what only a user may see. */
    @Test
    void shouldShowNothingWhenOneGoesBackAfterTheLogout() {
        browser.show(url("/login"));
        logIn("", TOKEN);
        awaitPath("/");
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        browser.tabTo("#logout");
        browser.press(Keys.ENTER);
        awaitPath("/login");

        browser.value("history.back()");
        awaitPath("/login");
        assertThat(browser.value("document.getElementById('health')")).isNull();
    }

    @Test
    void shouldRunNothingAndLoadNothingFromElsewhereInTheForm() {
        browser.show(url("/login"));
        assertThat(browser.run("""
                const told = new Promise((resolve) => document.addEventListener("securitypolicyviolation", (event) =>
                    resolve(event.effectiveDirective), { once: true }));
                const script = document.createElement("script");
                script.textContent = "window.hasRun = true";
                document.body.append(script);
                return `${await told} ${window.hasRun === true}`;
                """)).isEqualTo("script-src-elem false");
        assertThat(browser.run("""
                const told = new Promise((resolve) => document.addEventListener("securitypolicyviolation", (event) =>
                    resolve(event.effectiveDirective), { once: true }));
                const form = document.querySelector("form");
                form.action = "http://elsewhere.invalid/";
                form.token.value = "x";
                form.submit();
                return await told;
                """)).isEqualTo("form-action");
        assertThat(browser.problems())
                .hasSizeGreaterThan(1)
                .allMatch(problem -> problem.contains("Content Security Policy"));
        assertThat(browser.value("location.pathname")).isEqualTo("/tools/decant/login");
    }
}
