//! What a component would cost to compile, estimated before the compiler sees it.
//!
//! Cranelift can't be stopped, and its work grows with a function's values times the places at which they are alive: six
//! kilobytes that are chosen for it take all memory there is. So every function is validated and weighed first. At each
//! place where control joins or leaves, what is alive is on the operand stack or in a local; the weight is the sum of
//! that. Honest code, also that of whole interpreters, stays far below the limits; `tests/hostile` holds components that
//! do not.

use plugdesk_domain::LoadFault;
use wasmparser::{
    BlockType, FuncToValidate, FuncValidatorAllocations, FunctionBody, Operator, OperatorsReader, Parser, Payload,
    SubType, ValidPayload, Validator, ValidatorResources, WasmFeatures, WasmModuleResources,
};

/// One function may have so many bytes: the largest of SpiderMonkey has a third of that, QuickJS's and Python's less. Inside
/// a function without loops and calls nothing is looked at, neither fuel nor time, so this also bounds how late either is
/// noticed.
const MOST_FUNCTION_BYTES: usize = 512 << 10;
/// One function may weigh so much: at worst eight seconds of the compiler's time and half a gigabyte. The heaviest of
/// SpiderMonkey weighs half, those of QuickJS and Python a tenth.
const MOST_FUNCTION_WEIGHT: u64 = 2_000_000;
/// All functions together: the whole of SpiderMonkey weighs half, which is twenty seconds of the compiler's time.
const MOST_WEIGHT: u64 = 60_000_000;
/// A function weighs so much for being there: five kilobytes are kept of each until the last is compiled.
const FUNCTION_WEIGHT: u64 = 400;
/// Instructions that work on whole regions become a loop with checks.
const BULK_WEIGHT: u64 = 60;
/// A value that a call takes or gives has its own place, and is moved there.
const ARGUMENT_WEIGHT: u64 = 3;
/// Each so many blocks that stand in each other make everything within weigh one more.
const DEEP: u64 = 1_000;
/// A loop looks at fuel and time where it begins, which makes so many places of one.
const LOOP_PLACES: u64 = 4;
/// A function may take and give so many values together. Compilers make a handful, and the contract's own have 16 at
/// most; the compiler's work grows with their square.
const MOST_WIDTH: usize = 128;
/// Modules and components inside: wit-component makes half a dozen, and one more for each library that is linked in.
const MOST_PARTS: u64 = 256;
/// How deep components may stand in components: each level is a whole state of the validator's.
const MOST_DEPTH: usize = 8;
/// Types, imports, exports, instances, globals, segments, names of all parts together: each takes up to a kilobyte while
/// it is compiled. Python has 60,000.
const MOST_ITEMS: u64 = 200_000;

/// Refuses what is not valid or would cost too much, naming the part and the rule.
pub(crate) fn weigh(component: &[u8]) -> Result<(), LoadFault> {
    let mut scale = Scale::default();
    // What this engine does not know is refused by it; here everything that can be read is weighed.
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| invalid(&error))?;
        scale.put(&payload)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(|error| invalid(&error))? {
            scale.function(function, &body)?;
        }
    }
    Ok(())
}

fn invalid(error: &wasmparser::BinaryReaderError) -> LoadFault {
    LoadFault(format!("it does not compile: {error}"))
}

fn too_much(what: &str, most: u64) -> LoadFault {
    LoadFault(format!("{what}, at most {most} are compiled"))
}

#[derive(Default)]
struct Scale {
    /// How many modules and components are open, one in the other.
    depth: usize,
    parts: u64,
    items: u64,
    weight: u64,
    allocations: FuncValidatorAllocations,
}

impl Scale {
    /// Counts what a part holds, before the validator keeps it.
    fn put(&mut self, payload: &Payload<'_>) -> Result<(), LoadFault> {
        match payload {
            Payload::Version { .. } => {
                (self.depth, self.parts) = (self.depth + 1, self.parts + 1);
                if self.depth > MOST_DEPTH {
                    return Err(LoadFault(format!("components stand more than {MOST_DEPTH} deep in components")));
                }
                if self.parts > MOST_PARTS {
                    return Err(too_much(&format!("it has {} modules and components", self.parts), MOST_PARTS));
                }
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::TypeSection(types) => {
                for (place, group) in types.clone().into_iter().enumerate() {
                    if group.map_err(|error| invalid(&error))?.types().any(|it| width(it) > MOST_WIDTH) {
                        let what = format!("its type {place} takes and gives more than {MOST_WIDTH} values");
                        return Err(LoadFault(format!("{what}, which is not compiled")));
                    }
                }
            }
            _ => {}
        }
        self.items += items(payload);
        if self.items > MOST_ITEMS {
            let what = format!("it has {} types, imports, exports, instances and other items", self.items);
            return Err(too_much(&what, MOST_ITEMS));
        }
        Ok(())
    }

    fn function(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> Result<(), LoadFault> {
        let (number, bytes) = (function.index, body.range().len());
        if bytes > MOST_FUNCTION_BYTES {
            let what = format!("its function {number} has {bytes} bytes");
            return Err(too_much(&what, MOST_FUNCTION_BYTES as u64));
        }
        let weight = self.weight_of(function, body).map_err(|error| invalid(&error))?;
        if weight > MOST_FUNCTION_WEIGHT {
            let what = format!("its function {number} of {bytes} bytes makes the compiler hold {weight} values");
            return Err(too_much(&what, MOST_FUNCTION_WEIGHT));
        }
        self.weight += weight;
        if self.weight > MOST_WEIGHT {
            let what = format!("its functions make the compiler hold more than {MOST_WEIGHT} values");
            return Err(LoadFault(what));
        }
        Ok(())
    }

    fn weight_of(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
    ) -> wasmparser::Result<u64> {
        let mut validator = function.into_validator(std::mem::take(&mut self.allocations));
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let (mut weight, mut places, mut uses, mut typed) = (FUNCTION_WEIGHT, 0u64, 0u64, 0u64);
        let mut operators = OperatorsReader::new(reader);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            let before: u64 = validator.operand_stack_height().into();
            validator.op(offset, &operator)?;
            let alive = before.max(validator.operand_stack_height().into());
            let of = |type_index| validator.resources().sub_type_at(type_index).map_or(0, |it| width(it) as u64);
            // Blocks that pass values on are chained, and the chain is walked for each.
            if let Operator::Block { blockty: BlockType::FuncType(index) }
            | Operator::Loop { blockty: BlockType::FuncType(index) }
            | Operator::If { blockty: BlockType::FuncType(index) } = operator
            {
                typed += 1;
                weight = weight.saturating_add(typed * of(index));
            }
            let (more, at) = match operator {
                Operator::Loop { .. } => (0, LOOP_PLACES),
                Operator::If { .. } | Operator::Else | Operator::End | Operator::BrIf { .. } => (0, 1),
                Operator::BrTable { targets } => (u64::from(targets.len()).saturating_mul(1 + before), 1),
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    let index = validator.resources().type_index_of_function(function_index);
                    (ARGUMENT_WEIGHT * index.map_or(0, of), 1)
                }
                Operator::CallIndirect { type_index, .. } | Operator::ReturnCallIndirect { type_index, .. } => {
                    (ARGUMENT_WEIGHT * of(type_index), 2)
                }
                Operator::MemoryCopy { .. }
                | Operator::MemoryFill { .. }
                | Operator::MemoryInit { .. }
                | Operator::MemoryGrow { .. }
                | Operator::TableCopy { .. }
                | Operator::TableFill { .. }
                | Operator::TableInit { .. }
                | Operator::TableGrow { .. } => (BULK_WEIGHT, LOOP_PLACES),
                Operator::LocalGet { .. } | Operator::LocalSet { .. } | Operator::LocalTee { .. } => {
                    uses += 1;
                    (0, 0)
                }
                _ => (0, 0),
            };
            let depth = u64::from(validator.control_stack_height()) / DEEP;
            weight = weight.saturating_add(1 + more + depth).saturating_add(at.saturating_mul(alive));
            places += at;
        }
        let locals = uses.min(validator.len_locals().into());
        self.allocations = validator.into_allocations();
        Ok(weight.saturating_add(places.saturating_mul(locals)))
    }
}

/// How many values a function of that type takes and gives.
fn width(of: &SubType) -> usize {
    match &of.composite_type.inner {
        wasmparser::CompositeInnerType::Func(it) => it.params().len() + it.results().len(),
        _ => 0,
    }
}

/// How many things a section holds.
fn items(payload: &Payload<'_>) -> u64 {
    let count = match payload {
        Payload::TypeSection(it) => it.count(),
        Payload::ImportSection(it) => it.count(),
        Payload::FunctionSection(it) => it.count(),
        Payload::TableSection(it) => it.count(),
        Payload::MemorySection(it) => it.count(),
        Payload::GlobalSection(it) => it.count(),
        Payload::ExportSection(it) => it.count(),
        Payload::ElementSection(it) => it.count(),
        Payload::DataSection(it) => it.count(),
        Payload::InstanceSection(it) => it.count(),
        Payload::CoreTypeSection(it) => it.count(),
        Payload::ComponentInstanceSection(it) => it.count(),
        Payload::ComponentAliasSection(it) => it.count(),
        Payload::ComponentTypeSection(it) => it.count(),
        Payload::ComponentCanonicalSection(it) => it.count(),
        Payload::ComponentImportSection(it) => it.count(),
        Payload::ComponentExportSection(it) => it.count(),
        Payload::CodeSectionEntry(_) => 0,
        _ => 1,
    };
    count.into()
}
