package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.re2j.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Re2SyntaxTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(a++)~a possessive repeat (++) at character 3 of its expression",
                "(a*+)~a possessive repeat (*+) at character 3",
                "(a?+)~a possessive repeat (?+) at character 3",
                "(a{2}+)~a possessive repeat (}+) at character 5",
                "(?>a)(b)~an atomic group (?> at character 2",
                "(a)(?=b)~a look-ahead (?= at character 5",
                "(a)(?!b)~a look-ahead (?! at character 5",
                "(?<=b)(a)~a look-behind (?<= at character 2",
                "(?<!b)(a)~a look-behind (?<! at character 2",
                "(a)\\1~a back reference (\\1) at character 4",
                "(?<n>a)\\k<n>~a back reference (\\k) at character 8",
                "(\\p{Alpha})~a class (\\p{...}) of a name at character 2",
                "(\\P{IsLatin})~a class (\\P{...}) of a name at character 2",
                "([\\p{Alnum}_])~a class (\\p{...}) of a name at character 3",
                "(\\h+)~the escape (\\h) at character 2",
                "(a)\\R~the escape (\\R) at character 4",
                "(a)\\Z~the escape (\\Z) at character 4",
                "\\G(a)~the escape (\\G) at character 1",
                "(\\u0041)~the escape (\\u) at character 2",
                "(\\v)~the escape (\\v) at character 2",
                "(\\e)~the escape (\\e) at character 2",
                "(\\cA)~the escape (\\c) at character 2",
                "(\\N{DIGIT ONE})~the escape (\\N) at character 2",
                "(\\0101)~an octal escape (\\0) at character 2",
                "([\\Qa\\E])~the escape (\\Q) at character 3",
                "(?x)(a b)~the flag x (?x) at character 3",
                "(?iU)(\\w)~the flag U (?U) at character 4",
                "(?u:(a))~the flag u (?u) at character 3",
                "(?d)(a)~the flag d (?d) at character 3",
                "(a{1001})~a repeat of more than 1000 times ({) at character 3",
                "(a{0,99999999999})~a repeat of more than 1000 times",
                "([a-z&&[^b]])~an intersection (&&) in a class at character 6",
                "([a[bc]])~a class or bracket ([) within a class at character 4",
                "([[:alpha:]])~a class or bracket ([) within a class at character 3",
                "([^[a])~a class or bracket ([) within a class at character 4",
                "((a{100}){100})~more than 2000 steps once its repeats are written out",
                "((?:ab?c){999})~more than 2000 steps",
                "(\\Qab\\E{1000})(?:\\Qcd\\E{3}){999}~more than 2000 steps",
                "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})~more than 2000 steps",
                "(a**)~does not compile: Dangling meta character '*' at 3",
                "(a~does not compile: Unclosed group at 2",
                "[a~does not compile: Unclosed character class at 1",
                "(a){2}{3}~does not compile: ",
                "a~has no group 1"
            })
    void shouldNameWhatRe2DoesNotTakeAsItIsMeant(String expression, String message) {
        assertThatExceptionOfType(KeySpecException.class)
                .isThrownBy(() -> KeySpec.parse("regex:" + expression))
                .withMessageContaining(message)
                .withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user=(\\w+)",
                "^([0-9]+),",
                "(\\Q[a&&b]++(?=\\1\\E)",
                "(\\++)",
                "(\\(?\\[+\\]*)",
                "([]a])",
                "([^]a]*?)",
                "([\\[&\\]]+?)",
                "(?i:(a)|b)",
                "(?-s)(.)",
                "(?P<n>a)",
                "(?<n>a{2,3}?)",
                "(\\x41\\x{1F600}\\pL\\p{Lu}\\P{Greek}\\p{^L})",
                "(a{1000})",
                "(a{,5}{)",
                "(a|)",
                "(\\_\\-\\/)",
                "\\A(a)\\b\\B\\z"
            })
    void shouldTakeWhatBothMeanAlike(String expression) {
        assertThat(KeySpec.parse("regex:" + expression)).hasToString("v2 re2:" + expression);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(a)~[]",
                "(a)$~[$]",
                "(.)\\s\\b~[., \\b, \\s]",
                "([$.])\\$\\.~[]",
                "([\\S])\\B~[\\b, \\s]",
                "(\\Q$.\\s\\b\\E)~[]"
            })
    void shouldListWhatDiffersFromJavasEngine(String expression, String differing) {
        assertThat(KeySpec.parse("regex:" + expression).differingFrom010()).hasToString(differing);
    }

    @Test
    void shouldListNothingForOtherKeys() {
        assertThat(KeySpec.parse("json:/a.b$").differingFrom010()).isEmpty();
    }

    /** Nothing but an expression that RE2 compiles comes through, and nothing but the one failure comes out. */
    @Property(tries = 3000)
    void shouldReadAnyText(
            @ForAll
                    @StringLength(max = 20)
                    @CharRange(from = '(', to = '?')
                    @CharRange(from = '[', to = '^')
                    @CharRange(from = 'P', to = 'Q')
                    @CharRange(from = 'a', to = 'x')
                    @CharRange(from = '{', to = '}')
                    String text) {
        try {
            Pattern.compile(expression(text));
        } catch (KeySpecException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }

    /**
     * The longest that is let through recurses when it is compiled and when it matches, and must do so on a thread as
     * others are.
     */
    @ParameterizedTest
    @ValueSource(strings = {"((?:a?){1000}(?:b?){1000})", "((?:a*){1000}(?:b*){999})", "((?:|a){500}(?:b?){998})"})
    void shouldMatchTheLargestExpressionOnAnOrdinaryStack(String expression) {
        Pattern pattern = Pattern.compile(expression(expression));
        assertThat(pattern.matcher("ab").find()).isTrue();
    }

    private static String expression(String written) {
        return KeySpec.parse("regex:" + written).toString().substring("v2 re2:".length());
    }
}
