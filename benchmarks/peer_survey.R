# R survey on the recipe's rows: `Rscript peer_survey.R DIRECTORY ROWS TOGETHER`. Columns are files of raw doubles. Prints JSON.
# TOGETHER is how many indicators the second svyby gets in one call: its memory grows with indicators times rows.
suppressMessages({library(survey); library(jsonlite)})
directory <- commandArgs(TRUE)[1]; rows <- as.integer(commandArgs(TRUE)[2])
column <- function(name) readBin(file.path(directory, name), "double", rows)
together <- as.integer(commandArgs(TRUE)[3]); names <- sprintf("income_%02d", 0:(together - 1))
d <- data.frame(psu=column("psu"), stratum=column("stratum"), domain=column("domain"), weight=column("weight"), members=column("members"))
for (name in names) d[[name]] <- column(name)
clock <- function(work) { start <- proc.time()[3]; result <- work(); list(seconds=as.numeric(proc.time()[3] - start), result=result) }
design <- clock(function() svydesign(ids=~psu, strata=~stratum, weights=~weight, data=d))
one <- clock(function() svyby(~income_00, ~domain, denominator=~members, design=design$result, svyratio, keep.names=FALSE))
every <- clock(function() svyby(as.formula(paste("~", paste(names, collapse="+"))), ~domain, denominator=~members,
                                design=design$result, svyratio, keep.names=FALSE))
peak <- sum(gc()[, 6])
cat(toJSON(list(design=design$seconds, one=one$seconds, every=every$seconds, peak_mb=peak,
                domain=one$result[[1]], estimate=one$result[[2]], se=one$result[[3]]), auto_unbox=TRUE, digits=17, na="null"))
