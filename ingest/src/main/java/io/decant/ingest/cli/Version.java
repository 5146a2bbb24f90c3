package io.decant.ingest.cli;

import io.decant.ingest.admin.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"decant " + BuildVersion.current()};
    }
}
