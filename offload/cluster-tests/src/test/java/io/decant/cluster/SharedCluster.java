package io.decant.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests one {@link HadoopCluster}, started for the first that asks and closed after the last. */
public final class SharedCluster implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == HadoopCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedCluster.class))
                .getOrComputeIfAbsent(HadoopCluster.class, type -> start(), HadoopCluster.class);
    }

    private static HadoopCluster start() {
        try {
            return HadoopCluster.start(Path.of(System.getProperty("decant.cluster")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
