//! The local target: each endpoint is a process of the model server on this machine.
pub struct Local;
impl super::Target for Local {
    fn name(&self) -> &'static str {
        "local"
    }
    fn settings(&self) -> &'static [super::Setting] {
        &[]
    }
    fn table(&self) -> &'static crate::capability::Table {
        todo!()
    }
    fn rules(&self) -> &'static crate::diff::Rules {
        todo!()
    }
    fn lower(&self, _: &crate::capability::Fitted) -> crate::resource::Desired {
        todo!()
    }
    fn files(&self, _: &crate::resource::Desired) -> Vec<crate::resource::Artifact> {
        todo!()
    }
}
