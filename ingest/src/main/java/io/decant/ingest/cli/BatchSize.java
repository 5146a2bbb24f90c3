package io.decant.ingest.cli;

import io.decant.config.DataSize;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size for a question, not for a setting: it may have a fraction, as in {@code 1.5GiB}. */
final class BatchSize implements ITypeConverter<DataSize> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)(B|KiB|MiB|GiB|TiB)?");

    @Override
    public DataSize convert(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            try {
                long unit = DataSize.parse("1" + (form.group(2) == null ? "" : form.group(2)))
                        .bytes();
                return new DataSize(new BigDecimal(form.group(1))
                        .multiply(BigDecimal.valueOf(unit))
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact());
            } catch (ArithmeticException e) {
                throw new TypeConversionException("'" + text + "' is more bytes than a 64-bit number can count");
            }
        }
        throw new TypeConversionException("'" + text + "' is not a size; write e.g. 512MiB or 1.5GiB");
    }
}
