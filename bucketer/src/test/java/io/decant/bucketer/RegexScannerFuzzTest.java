package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;

/**
 * Whatever the expression and the record are: the scanner for simple expressions takes on none that RE2 refuses, and
 * finds what RE2/J finds. The input is an expression up to a zero byte, and a record.
 */
class RegexScannerFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        String expression = bytes.text();
        byte[] record = bytes.rest();
        RegexScanner scanner = RegexScanner.of(expression);
        if (scanner == null || !isAccepted(expression)) {
            return;
        }
        assertThat(KeyBytes.of(new Re2KeyExtractor(expression, scanner), record))
                .isEqualTo(KeyBytes.of(new Re2KeyExtractor(expression, null), record));
    }

    private static boolean isAccepted(String expression) {
        try {
            return Pattern.compile(expression).groupCount() > 0;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
